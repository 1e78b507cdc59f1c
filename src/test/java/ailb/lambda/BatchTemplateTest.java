package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.aws.AwsClients;
import ailb.batch.BatchQueue;
import ailb.batch.Batches;
import ailb.batch.InMemoryBatchQueue;
import ailb.batch.InMemoryBatchStore;
import ailb.batch.Submission;
import ailb.pool.Pool;
import ailb.port.SteppedTime;
import ailb.settings.PoolFile;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What template.yaml deploys for batches: the queue, the function that works it off, and the dead letters. */
class BatchTemplateTest {

    /** With a default in the code, or read by Java itself. */
    private static final Set<String> NOT_ASKED_FOR = Set.of("STACK_NAME", "JAVA_TOOL_OPTIONS");

    private static final String FUNCTION = "Resources.BatchFunction.Properties.";
    private static final String SOURCE = FUNCTION + "Events.Queue.Properties.";
    private static final String QUEUE = "Resources.BatchQueue.Properties.";
    private static final String DEAD_LETTERS = "Resources.BatchDeadLetters.Properties.";
    private static final String ALARM = "Resources.BatchDeadLettersAlarm.Properties.";

    private final Template template;

    BatchTemplateTest() throws IOException {
        template = new Template();
    }

    @Test
    void namesTheHandlerOfTheQueue() throws ReflectiveOperationException {
        String[] handler = template.text(FUNCTION + "Handler").split("::");

        assertThat(Class.forName(handler[0])).isPublic().isAssignableTo(RequestHandler.class);
        assertThat(Class.forName(handler[0]).getConstructor()).as("made by Lambda").isNotNull();
        assertThat(
                Class.forName(handler[0])
                        .getMethod(handler[1], SQSEvent.class, com.amazonaws.services.lambda.runtime.Context.class)
                        .getReturnType())
                .isEqualTo(SQSBatchResponse.class);
    }

    @Test
    void setsTheVariablesThatTheCodeReadsAndNoOther() {
        Map<String, String> variables = template.variables("BatchFunction");

        assertThat(BatchSettings.of(variables).shared().resultsKept()).isEqualTo(Duration.ofDays(30));
        assertThat(variables).containsKey("STACK_NAME").doesNotContainKey("AWS_LAMBDA_EXEC_WRAPPER");
        assertThat(variables.keySet()).filteredOn(name -> !NOT_ASKED_FOR.contains(name)).allSatisfy(name -> {
            Map<String, String> without = new HashMap<>(variables);
            without.remove(name);
            assertThatThrownBy(() -> BatchSettings.of(without)).hasMessageContaining(name);
        });
    }

    @Test
    void runsLikeTheOtherFunction() {
        assertThat(
                List.of(
                        "CodeUri", "Runtime", "Architectures", "SnapStart", "AutoPublishAlias",
                        "AutoPublishAliasAllProperties"))
                .allSatisfy(
                        property -> assertThat(template.at(FUNCTION + property))
                                .isEqualTo(template.at("Resources.ApiFunction.Properties." + property)));
        assertThat(template.at("Resources.BatchFunction.Metadata")).isEqualTo(Map.of("SkipBuild", true));
        assertThat(template.at(FUNCTION + "MemorySize")).isEqualTo(Map.of("Ref", "BatchMemory"));
        assertThat(template.at("Parameters.BatchMemory.Default")).isEqualTo(1024);
        assertThat(template.at(FUNCTION + "LoggingConfig.LogGroup")).isEqualTo(Map.of("Ref", "BatchLog"));
        assertThat(template.at("Resources.BatchLog.Properties.RetentionInDays"))
                .isEqualTo(Map.of("Ref", "LogRetentionDays"));
        assertThat(template.map("Resources.BatchFunction.Properties"))
                .doesNotContainKeys("Tracing", "ReservedConcurrentExecutions", "Policies");
    }

    @Test
    void bringsBackOnlyTheMessagesThatAreNotDone() {
        assertThat(template.at(FUNCTION + "Events.Queue.Type")).isEqualTo("SQS");
        assertThat(template.at(SOURCE + "Queue")).isEqualTo(Map.of("GetAtt", "BatchQueue.Arn"));
        assertThat(template.at(SOURCE + "FunctionResponseTypes")).isEqualTo(List.of("ReportBatchItemFailures"));
    }

    /** The event that keeps the version active comes without `Records`. */
    @Test
    void theDailyEventBringsNoMessage() {
        String daily = """
                {"version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "detail-type": "Scheduled Event",
                 "source": "aws.events", "account": "123456789012", "time": "2026-06-01T10:30:00Z",
                 "region": "eu-central-1", "resources": ["arn:aws:events:eu-central-1:123456789012:rule/daily"],
                 "detail": {}}""";
        SQSEvent event = LambdaEventSerializers.serializerFor(SQSEvent.class, SQSEvent.class.getClassLoader())
                .fromJson(daily);

        assertThat(SqsEvents.messages(event, 0)).isEmpty();
    }

    /** Lambda would stop a request that has waited for room 16 times. */
    @Test
    void mayPutRequestsBackOnItsOwnQueue() {
        assertThat(template.at(FUNCTION + "RecursiveLoop")).isEqualTo("Allow");
    }

    /** Lambda wants a window of a second at least for more than 10 messages, and a concurrency of 2 at least. */
    @Test
    void takesManyMessagesAtATimeAndFewInvocationsAtOnce() {
        assertThat(template.at(SOURCE + "BatchSize")).isEqualTo(Map.of("Ref", "BatchSize"));
        assertThat(template.at("Parameters.BatchSize.Default")).isEqualTo(100);
        assertThat(template.at(SOURCE + "MaximumBatchingWindowInSeconds")).isEqualTo(1);
        assertThat(template.at(SOURCE + "ScalingConfig"))
                .isEqualTo(Map.of("MaximumConcurrency", Map.of("Ref", "BatchConcurrency")));
        assertThat(template.at("Parameters.BatchConcurrency.Default")).isEqualTo(5);
        assertThat(template.at("Parameters.BatchConcurrency.MinValue")).isEqualTo(2);
        assertThat(template.at("Parameters.BatchConcurrency.MaxValue")).isEqualTo(1000);
    }

    /** A connection for each call, and those that are kept for the two services that every call needs. */
    @Test
    void makesNoMoreCallsAtOnceThanAnInstanceHasFileDescriptors() throws ReflectiveOperationException {
        Class.forName(AwsClients.class.getName());
        int kept = Integer.getInteger("http.maxConnections");

        assertThat(number("Parameters.BatchSize.MaxValue") + 2 * kept).isLessThan(1024);
    }

    @Test
    void hidesMessagesForSixTimesAsLongAsAnInvocationMayTake() {
        assertThat(number(QUEUE + "VisibilityTimeout")).isGreaterThanOrEqualTo(6 * number(FUNCTION + "Timeout"));
    }

    @Test
    void keepsResultsLongerThanMessages() {
        Duration retention = Duration.ofSeconds(number(QUEUE + "MessageRetentionPeriod"));

        assertThat(retention).isEqualTo(Duration.ofDays(14));
        assertThat(Duration.ofDays(number("Parameters.ResultsDays.MinValue"))).isGreaterThan(retention);
        assertThat(template.at("Parameters.ResultsDays.Default")).isEqualTo(30);
        assertThat(List.of("ApiFunction", "BatchFunction")).allSatisfy(
                function -> assertThat(
                        template.at("Resources." + function + ".Properties.Environment.Variables.RESULTS_DAYS"))
                        .isEqualTo(Map.of("Ref", "ResultsDays")));
    }

    @Test
    void encryptsBothQueuesAndTakesMessagesAsLargeAsTheCodeSends() {
        assertThat(template.resources("AWS::SQS::Queue")).containsExactlyInAnyOrder("BatchQueue", "BatchDeadLetters");
        assertThat(List.of(QUEUE, DEAD_LETTERS)).allSatisfy(queue -> {
            assertThat(template.at(queue + "SqsManagedSseEnabled")).isEqualTo(true);
            assertThat(template.at(queue + "MaximumMessageSize")).isEqualTo(BatchQueue.MAX_BYTES);
        });
    }

    /** SQS keeps messages for 14 days at most, from when they were first sent: longer is not to be had. */
    @Test
    void tellsOfDeadLettersAndKeepsThemFor14DaysFromWhenTheyWereSent() {
        assertThat(template.at(QUEUE + "RedrivePolicy"))
                .isEqualTo(
                        Map.of(
                                "deadLetterTargetArn", Map.of("GetAtt", "BatchDeadLetters.Arn"),
                                "maxReceiveCount", 100));
        assertThat(Duration.ofSeconds(number(DEAD_LETTERS + "MessageRetentionPeriod"))).isEqualTo(Duration.ofDays(14));
        assertThat(template.at(ALARM + "MetricName")).isEqualTo("ApproximateNumberOfMessagesVisible");
        assertThat(template.at(ALARM + "Dimensions"))
                .isEqualTo(
                        List.of(Map.of("Name", "QueueName", "Value", Map.of("GetAtt", "BatchDeadLetters.QueueName"))));
        assertThat(template.at(ALARM + "Threshold")).isEqualTo(1);
        assertThat(template.at(ALARM + "ComparisonOperator")).isEqualTo("GreaterThanOrEqualToThreshold");
    }

    @Test
    void tellsOfAMessageThatNobodyComesTo() {
        String alarm = "Resources.BatchQueueAgeAlarm.Properties.";

        assertThat(template.at(alarm + "Namespace")).isEqualTo("AWS/SQS");
        assertThat(template.at(alarm + "MetricName")).isEqualTo("ApproximateAgeOfOldestMessage");
        assertThat(template.at(alarm + "Dimensions"))
                .isEqualTo(List.of(Map.of("Name", "QueueName", "Value", Map.of("GetAtt", "BatchQueue.QueueName"))));
        assertThat(template.at(alarm + "Statistic")).isEqualTo("Maximum");
        assertThat(Duration.ofSeconds(number(alarm + "Threshold"))).isEqualTo(Duration.ofHours(6));
    }

    /** One whose invocation dies each time is hidden each time. One that waits is replaced by a copy in time. */
    @Test
    void aMessageThatIsNeverDoneIsADeadLetterBeforeTheQueueForgetsIt() {
        int most = number(QUEUE + "RedrivePolicy.maxReceiveCount");

        assertThat(number(QUEUE + "MessageRetentionPeriod") / number(QUEUE + "VisibilityTimeout")).isGreaterThan(most);
        assertThat(BatchQueue.MOST_RECEIVES).isLessThan(most);
    }

    @Test
    void allowsTheFunctionWhatItDoesAndNothingElse() {
        assertThat(template.at(FUNCTION + "Role")).isEqualTo(Map.of("GetAtt", "BatchRole.Arn"));
        assertThat(template.map("Resources.BatchRole.Properties")).doesNotContainKey("ManagedPolicyArns");
        assertThat(template.permissions("BatchRole"))
                .containsExactlyInAnyOrder(
                        "dynamodb:BatchGetItem State",
                        "dynamodb:GetItem State",
                        "dynamodb:PutItem State",
                        "dynamodb:Query State",
                        "dynamodb:UpdateItem State",
                        "secretsmanager:GetSecretValue ProviderKeys",
                        "sqs:ChangeMessageVisibility BatchQueue",
                        "sqs:DeleteMessage BatchQueue",
                        "sqs:GetQueueAttributes BatchQueue",
                        "sqs:ReceiveMessage BatchQueue",
                        "sqs:SendMessage BatchQueue",
                        "sqs:SendMessage BatchDeadLetters",
                        "logs:CreateLogStream BatchLog",
                        "logs:PutLogEvents BatchLog");
    }

    @Test
    void printsTheQueueAndACommandThatSendsAMessageForAModelOfThePool() throws IOException {
        Pool pool = PoolFile.parse(Files.readAllBytes(Path.of("src", "main", "resources", "pool.json")));
        String command = template.command("Step5Queue");
        JsonNode message =
                new JsonMapper().readTree(command.substring(command.indexOf("'{") + 1, command.lastIndexOf('\'')));

        assertThat(template.at("Outputs.BatchQueueUrl.Value")).isEqualTo(Map.of("Ref", "BatchQueue"));
        assertThat(command).contains("--region ${AWS::Region}", "--queue-url ${BatchQueue}");
        assertThat(message.path("id").isTextual()).isTrue();
        assertThat(pool.models()).contains(message.at("/body/model").asText());
    }

    @Test
    void printsACommandThatSubmitsABatchThatIsTaken() throws IOException {
        Pool pool = PoolFile.parse(Files.readAllBytes(Path.of("src", "main", "resources", "pool.json")));
        String command = template.command("Step4SubmitBatch");
        String lines = command.substring(command.indexOf("'{") + 1, command.lastIndexOf('\''));

        SteppedTime time = new SteppedTime(0);
        Batches batches = new Batches(
                new InMemoryBatchStore(), new InMemoryBatchQueue(time, new Random(1)), pool, time, new Random(1),
                Duration.ofDays(30));

        assertThat(command).contains("/v1/batches ", "$CLIENT_KEY");
        assertThat(batches.read(lines.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(
                        Submission.Accepted.class, accepted -> assertThat(accepted.lines()).isEqualTo(1));
    }

    @Test
    void refusesDaysThatAreNone() {
        Map<String, String> variables = template.variables("BatchFunction");

        assertThat(List.of("0", "-1", "1.5", "thirty", "10000")).allSatisfy(days -> {
            variables.put("RESULTS_DAYS", days);
            assertThatThrownBy(() -> BatchSettings.of(variables))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("RESULTS_DAYS")
                    .hasMessageContaining(days);
        });
    }

    private int number(String path) {
        return (Integer) template.at(path);
    }
}
