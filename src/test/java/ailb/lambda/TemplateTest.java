package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ailb.pool.Pool;
import ailb.settings.PoolFile;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** template.yaml, against the code it deploys and against what this project promises of its deployment. */
class TemplateTest {

    private static final String FUNCTION = "Resources.ApiFunction.Properties.";

    private final Template template;

    TemplateTest() throws IOException {
        template = new Template();
    }

    @Test
    void namesAHandlerThatLambdaCanCall() throws ReflectiveOperationException {
        String[] handler = template.text(FUNCTION + "Handler").split("::");
        Class<?> type = Class.forName(handler[0]);

        assertThat(type.getConstructor()).as("made by Lambda").isNotNull();
        assertThat(type).isPublic()
                .matches(
                        handles -> RequestHandler.class.isAssignableFrom(handles)
                                || RequestStreamHandler.class.isAssignableFrom(handles),
                        "handles requests");
        assertThat(type.getMethods()).extracting(Method::getName).contains(handler[1]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ApiFunction", "BatchFunction"})
    void aFullHeapEndsTheProcess(String function) {
        assertThat(template.variables(function)).containsEntry("JAVA_TOOL_OPTIONS", "-XX:+ExitOnOutOfMemoryError");
    }

    /** Those with a default in the code, and what Lambda and Java themselves read. */
    @Test
    void setsTheVariablesThatTheCodeReadsAndNoOther() {
        Set<String> optional =
                Set.of("ANSWER_MINUTES", "STREAM_PADDING_BYTES", "STACK_NAME", "AWS_LAMBDA_EXEC_WRAPPER",
                        "JAVA_TOOL_OPTIONS");
        Map<String, String> variables = template.variables("ApiFunction");

        assertThat(ApiSettings.of(variables)).isNotNull();
        assertThat(variables).containsKeys(optional.toArray(String[]::new));
        assertThat(variables.keySet()).filteredOn(name -> !optional.contains(name)).allSatisfy(name -> {
            Map<String, String> without = new HashMap<>(variables);
            without.remove(name);
            assertThatThrownBy(() -> ApiSettings.of(without)).hasMessageContaining(name);
        });
    }

    @Test
    void waitsAsLongAsTheGatewayDoesAndLetsAnswersEndBefore() {
        assertThat(template.at(FUNCTION + "Timeout")).isEqualTo(900);
        assertThat(template.at(FUNCTION + "Environment.Variables.ANSWER_MINUTES"))
                .isEqualTo(Map.of("Ref", "AnswerMinutes"));
        assertThat(template.map("Parameters.AnswerMinutes"))
                .containsAllEntriesOf(Map.of("Type", "Number", "MinValue", 1, "MaxValue", 14, "Default", 10));
    }

    @Test
    void streamsUnlessTheParameterSaysOtherwiseAndTheParameterChangesNothingElse() throws IOException {
        String variables = FUNCTION + "Environment.Variables.";

        assertThat(template.at(variables + "AWS_LAMBDA_EXEC_WRAPPER"))
                .isEqualTo(Map.of("If", List.of("StreamsLive", "/var/task/run", Map.of("Ref", "AWS::NoValue"))));
        assertThat(template.at("Conditions.StreamsLive"))
                .isEqualTo(Map.of("Equals", List.of(Map.of("Ref", "LiveStreaming"), "true")));
        assertThat(template.map("Parameters.LiveStreaming"))
                .containsAllEntriesOf(Map.of("Default", "true", "AllowedValues", List.of("true", "false")));
        assertThat(Files.readString(Template.FILE)).containsOnlyOnce("!If [StreamsLive,");
        assertThat(template.at(variables + "STREAM_PADDING_BYTES")).isEqualTo(Map.of("Ref", "StreamPaddingBytes"));
        assertThat(template.map("Parameters.StreamPaddingBytes"))
                .containsAllEntriesOf(Map.of("Type", "Number", "MinValue", 0, "MaxValue", 65536, "Default", 0));
    }

    @Test
    void runsJava25OnArmFromASnapshotBehindAnAliasThatFollowsEveryChange() {
        assertThat(template.at(FUNCTION + "Runtime")).isEqualTo("java25");
        assertThat(template.at(FUNCTION + "Architectures")).isEqualTo(List.of("arm64"));
        assertThat(template.at(FUNCTION + "SnapStart")).isEqualTo(Map.of("ApplyOn", "PublishedVersions"));
        assertThat(template.at(FUNCTION + "AutoPublishAlias")).isEqualTo("live");
        assertThat(template.at(FUNCTION + "AutoPublishAliasAllProperties")).isEqualTo(true);
        assertThat(template.map("Resources.ApiFunction.Properties"))
                .doesNotContainKeys("Tracing", "ReservedConcurrentExecutions", "Policies");
    }

    @Test
    void leavesTheZipToMaven() {
        assertThat(template.at(FUNCTION + "CodeUri")).isEqualTo("target/ai-load-balancer.zip");
        assertThat(template.at("Resources.ApiFunction.Metadata")).isEqualTo(Map.of("SkipBuild", true));
    }

    /** A version that starts from a snapshot becomes inactive after 14 days without an invocation. */
    @Test
    void invokesEachFunctionOnceADay() {
        assertThat(List.of("ApiFunction", "BatchFunction")).allSatisfy(function -> {
            String event = "Resources." + function + ".Properties.Events.Daily.";
            assertThat(template.at(event + "Type")).isEqualTo("Schedule");
            assertThat(template.at(event + "Properties.Schedule")).isEqualTo("rate(1 day)");
        });
    }

    /**
     * DynamoStateStore reads many and updates one; the key adapters read a secret; batches are put on record and on the
     * queue; Lambda writes the log.
     */
    @Test
    void allowsTheFunctionWhatItDoesAndNothingElse() {
        assertThat(template.at(FUNCTION + "Role")).isEqualTo(Map.of("GetAtt", "ApiRole.Arn"));
        assertThat(template.resources("AWS::IAM::Role")).containsExactlyInAnyOrder("ApiRole", "BatchRole");
        assertThat(template.map("Resources.ApiRole.Properties")).doesNotContainKey("ManagedPolicyArns");
        assertThat(template.permissions("ApiRole"))
                .containsExactlyInAnyOrder(
                        "dynamodb:BatchGetItem State",
                        "dynamodb:GetItem State",
                        "dynamodb:PutItem State",
                        "dynamodb:Query State",
                        "dynamodb:UpdateItem State",
                        "sqs:SendMessage BatchQueue",
                        "secretsmanager:GetSecretValue ProviderKeys",
                        "secretsmanager:GetSecretValue ClientKeys",
                        "secretsmanager:GetSecretValue AdminKey",
                        "logs:CreateLogStream ApiLog",
                        "logs:PutLogEvents ApiLog");
    }

    @Test
    void keepsItsTableAndTheProvidersKeysWhenTheStackGoes() {
        assertThat(List.of("State", "ProviderKeys")).allSatisfy(id -> {
            assertThat(template.at("Resources." + id + ".DeletionPolicy")).isEqualTo("RetainExceptOnCreate");
            assertThat(template.at("Resources." + id + ".UpdateReplacePolicy")).isEqualTo("Retain");
        });
    }

    /** A retained resource with a fixed name would stand in the way of the next deployment. */
    @Test
    void givesNothingAFixedName() {
        assertThat(template.properties())
                .doesNotContain(
                        "TableName", "Name", "FunctionName", "LogGroupName", "RoleName", "QueueName", "AlarmName");
    }

    @Test
    void keepsStateInATableThatCanBeRestoredAndExpiresItems() {
        String table = "Resources.State.Properties.";

        assertThat(template.at(table + "BillingMode")).isEqualTo("PAY_PER_REQUEST");
        assertThat(template.at(table + "KeySchema"))
                .isEqualTo(List.of(
                        Map.of("AttributeName", "pk", "KeyType", "HASH"),
                        Map.of("AttributeName", "sk", "KeyType", "RANGE")));
        assertThat(template.at(table + "TimeToLiveSpecification"))
                .isEqualTo(Map.of("AttributeName", "ex", "Enabled", true));
        assertThat(template.at(table + "PointInTimeRecoverySpecification"))
                .isEqualTo(Map.of("PointInTimeRecoveryEnabled", true));
    }

    @Test
    void logsIntoAGroupOfItsOwnThatForgets() {
        assertThat(template.at(FUNCTION + "LoggingConfig.LogGroup")).isEqualTo(Map.of("Ref", "ApiLog"));
        assertThat(template.at("Resources.ApiLog.Properties.RetentionInDays"))
                .isEqualTo(Map.of("Ref", "LogRetentionDays"));
        assertThat(template.at("Parameters.LogRetentionDays.Default")).isEqualTo(30);
    }

    /** Lambda's START, END and REPORT are of level INFO, and so is a line of ours, which tells no level. */
    @Test
    void logsJsonOfOursAndNoLinesOfLambdasForEachInvocation() {
        assertThat(List.of("ApiFunction", "BatchFunction")).allSatisfy(
                function -> assertThat(template.map("Resources." + function + ".Properties.LoggingConfig"))
                        .containsAllEntriesOf(
                                Map.of("LogFormat", "JSON", "ApplicationLogLevel", "INFO", "SystemLogLevel", "WARN")));
    }

    @Test
    void generatesTheClientKeyAndTheAdminsAndStartsWithNoProviderKey() {
        assertThat(template.at("Resources.ProviderKeys.Properties.SecretString")).isEqualTo("{}");
        assertThat(Map.of("ClientKeys", "default", "AdminKey", "admin")).allSatisfy((secret, name) -> {
            assertThat(template.map("Resources." + secret + ".Properties")).doesNotContainKey("SecretString");
            assertThat(template.at("Resources." + secret + ".Properties.GenerateSecretString"))
                    .isEqualTo(Map.of(
                            "SecretStringTemplate", "{}",
                            "GenerateStringKey", name,
                            "PasswordLength", 40,
                            "ExcludePunctuation", true));
        });
        assertThat(template.resources("AWS::SecretsManager::Secret"))
                .containsExactlyInAnyOrder("ProviderKeys", "ClientKeys", "AdminKey");
    }

    @Test
    void printsNextCommandsThatNameTheRegionAndAModelOfThePool() throws IOException {
        Pool pool = PoolFile.parse(Files.readAllBytes(Path.of("src", "main", "resources", "pool.json")));
        String call = template.command("Step3Call");
        String body = call.substring(call.indexOf("'{") + 1, call.lastIndexOf('\''));

        assertThat(List.of(
                template.command("Step1PutProviderKeys"), template.command("Step2ReadClientKey"),
                template.command("ReadAdminKey")))
                .allSatisfy(command -> assertThat(command).contains("--region ${AWS::Region}"));
        assertThat(pool.models()).contains(new JsonMapper().readTree(body).path("model").asText());
    }

    /** Anthropic's clients add /v1 themselves. */
    @Test
    void printsABaseUrlForEachKindOfClient() {
        assertThat(template.command("ApiUrl")).isEqualTo(template.command("AnthropicUrl") + "/v1");
    }

    @Test
    void namesTheKeysOfThePoolInTheExampleOfTheSecret() throws IOException {
        Pool pool = PoolFile.parse(Files.readAllBytes(Path.of("src", "main", "resources", "pool.json")));
        String description = template.text("Outputs.Step1PutProviderKeys.Description");

        assertThat(pool.endpoints())
                .allSatisfy(endpoint -> assertThat(description).contains('"' + endpoint.apiKey() + "\":"));
    }

    /** What the commands in README and docs/operations.md need: what a person changes, and what outlives the stack. */
    @Test
    void printsWhatIsLookedAfterByHand() {
        assertThat(Map.of(
                "ClientKeysSecret", "ClientKeys",
                "AdminKeySecret", "AdminKey",
                "ProviderKeysSecret", "ProviderKeys",
                "StateTable", "State",
                "BatchDeadLettersUrl", "BatchDeadLetters"))
                .allSatisfy(
                        (output, resource) -> assertThat(template.at("Outputs." + output + ".Value"))
                                .isEqualTo(Map.of("Ref", resource)));
    }

    /** The value of a secret as Secrets Manager generates it, and one to which its owner added a client. */
    @ParameterizedTest
    @CsvSource({"Step2ReadClientKey, default", "ReadAdminKey, admin"})
    void readsAKeyOutOfItsSecret(String output, String name) throws Exception {
        String pipe = template.command(output).replaceFirst(".*\\| (.*)\\)", "$1");
        Process shell = new ProcessBuilder(
                "sh", "-c", "printf '%s' \"$1\" | " + pipe, "sh", "{\"" + name + "\":\"k3y\",\"ci\":\"other\"}")
                .redirectErrorStream(true)
                .start();

        assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("k3y\n");
    }

    @Test
    @Timeout(120)
    void satisfiesCfnLint() throws Exception {
        boolean onPath = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "cfn-lint")));
        if (!onPath) {
            System.out.println("SKIPPED: template.yaml is not linted, as cfn-lint is not on PATH");
        }
        assumeTrue(onPath, "cfn-lint is not on PATH");
        Process lint = new ProcessBuilder("cfn-lint", Template.FILE.toString()).redirectErrorStream(true).start();
        String findings = new String(lint.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(findings).isEmpty();
        assertThat(lint.waitFor()).isZero();
    }
}
