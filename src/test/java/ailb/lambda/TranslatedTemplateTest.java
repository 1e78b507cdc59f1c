package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * template.yaml as AWS's SAM translator makes CloudFormation of it: what the gateway and the versions really get.
 * Skipped where Python has no translator; {@link GatewayTemplateTest} and {@link VersionTemplateTest} need none.
 */
@Timeout(120)
class TranslatedTemplateTest {

    private static final Path PROGRAM = Path.of("src", "test", "resources", "template", "translate.py");
    private static final int NO_TRANSLATOR = 3;

    @TempDir static Path home;

    private static JsonNode resources;

    @BeforeAll
    static void translate() throws Exception {
        resources = translated();
    }

    @Test
    void everyPathStreamsFromTheAliasForAsLongAsTheFunctionMayTake() {
        JsonNode paths = resources.at("/Api/Properties/Body/paths");

        assertThat(paths.properties()).extracting(Map.Entry::getKey).containsExactlyInAnyOrder("/", "/{proxy+}");
        assertThat(paths.properties().stream().flatMap(path -> path.getValue().properties().stream()))
                .hasSize(2)
                .allSatisfy(method -> {
                    JsonNode integration = method.getValue().path("x-amazon-apigateway-integration");
                    assertThat(method.getKey()).isEqualTo("x-amazon-apigateway-any-method");
                    assertThat(integration.path("type").asText()).isEqualTo("aws_proxy");
                    assertThat(integration.path("responseTransferMode").asText()).isEqualTo("STREAM");
                    assertThat(integration.path("timeoutInMillis").asInt()).isEqualTo(900_000);
                    assertThat(integration.at("/uri/Fn::Sub").asText())
                            .endsWith("/2021-11-15/functions/${ApiFunctionAliaslive}/response-streaming-invocations");
                });
        assertThat(resources.at("/ApiFunction/Properties/Timeout").asInt()).isEqualTo(900);
    }

    @Test
    void hasOneStageAndNoOtherWayIn() {
        assertThat(of("AWS::ApiGateway::RestApi")).hasSize(1);
        assertThat(of("AWS::ApiGateway::Stage")).singleElement()
                .satisfies(stage -> assertThat(stage.at("/Properties/StageName").asText()).isEqualTo("v1"));
        assertThat(resources).extracting(resource -> resource.path("Type").asText())
                .noneMatch(type -> type.startsWith("AWS::ApiGatewayV2::") || type.equals("AWS::Lambda::Url"));
        assertThat(resources.at("/Api/Properties/EndpointConfiguration/Types")).hasToString("[\"REGIONAL\"]");
        assertThat(resources.at("/Api/Properties/Body/x-amazon-apigateway-binary-media-types"))
                .extracting(JsonNode::asText)
                .containsExactly("multipart/form-data", "application/octet-stream", "audio/*", "image/*");
    }

    /** The gateway for both of its paths, and the daily events; the queue is read with the function's role. */
    @Test
    void allowsTheGatewayAndTheDailyEventsToInvokeTheAliases() {
        assertThat(of("AWS::Lambda::Permission").map(
                permission -> permission.at("/Properties/Principal").asText() + " "
                        + permission.at("/Properties/FunctionName/Ref").asText()))
                .containsExactlyInAnyOrder(
                        "apigateway.amazonaws.com ApiFunctionAliaslive",
                        "apigateway.amazonaws.com ApiFunctionAliaslive",
                        "events.amazonaws.com ApiFunctionAliaslive",
                        "events.amazonaws.com BatchFunctionAliaslive");
        assertThat(of("AWS::Lambda::Permission")).extracting(permission -> permission.at("/Properties/SourceArn"))
                .noneMatch(JsonNode::isMissingNode);
    }

    @Test
    void invokesBothAliasesOnceADay() {
        assertThat(of("AWS::Events::Rule")).hasSize(2).allSatisfy(rule -> {
            assertThat(rule.at("/Properties/ScheduleExpression").asText()).isEqualTo("rate(1 day)");
            assertThat(rule.at("/Properties/Targets/0/Arn/Ref").asText()).endsWith("FunctionAliaslive");
        });
    }

    /** SAM's own roles would allow more than the two of the template do. */
    @Test
    void addsNoRole() {
        assertThat(of("AWS::IAM::Role")).hasSize(2);
    }

    @Test
    void everyParameterOfAFunctionIsInTheDescriptionOfItsVersion() {
        assertThat(List.of("ApiFunction", "BatchFunction")).allSatisfy(function -> {
            String description = version(function).getValue().at("/Properties/Description/Fn::Sub").asText();
            List<String> parameters = parameters(resources.path(function).path("Properties")).toList();

            assertThat(parameters).contains("ResultsDays");
            assertThat(parameters).allSatisfy(parameter -> assertThat(description).contains("${" + parameter + "}"));
        });
    }

    /** So the description is all that tells CloudFormation of a changed parameter. */
    @Test
    void theIdOfAVersionKnowsNothingOfParameters() throws Exception {
        JsonNode others = translated("AnswerMinutes=14", "LiveStreaming=false", "FunctionMemory=512");

        assertThat(others.path(version("ApiFunction").getKey())).isEqualTo(version("ApiFunction").getValue());
    }

    private static Map.Entry<String, JsonNode> version(String function) {
        return resources.properties()
                .stream()
                .filter(resource -> resource.getValue().path("Type").asText().equals("AWS::Lambda::Version"))
                .filter(resource -> resource.getValue().at("/Properties/FunctionName/Ref").asText().equals(function))
                .findFirst()
                .orElseThrow();
    }

    /** Those that are referred to; `LiveStreaming` is behind a condition. */
    private static Stream<String> parameters(JsonNode node) {
        return Stream.concat(
                node.findValuesAsText("Ref")
                        .stream()
                        .filter(name -> !name.startsWith("AWS::") && !resources.has(name)),
                node.findValues("Fn::If").isEmpty() ? Stream.of() : Stream.of("LiveStreaming"));
    }

    private static Stream<JsonNode> of(String type) {
        return resources.properties()
                .stream()
                .map(Map.Entry::getValue)
                .filter(resource -> resource.path("Type").asText().equals(type));
    }

    /** The resources of the translated template, with these values of parameters. */
    private static JsonNode translated(String... parameters) throws IOException, InterruptedException {
        ProcessBuilder program = new ProcessBuilder(
                Stream.concat(
                        Stream.of("python3", PROGRAM.toString(), Template.FILE.toString()),
                        Stream.of(parameters)).toList());
        program.environment().keySet().removeIf(name -> !name.equals("PATH"));
        program.environment().putAll(Map.of("HOME", home.toString(), "AWS_DEFAULT_REGION", "eu-central-1"));
        program.redirectError(ProcessBuilder.Redirect.to(home.resolve("errors").toFile()));
        Process process;
        try {
            process = program.start();
        } catch (IOException e) {
            return skipped("there is no python3");
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        if (code == NO_TRANSLATOR) {
            return skipped(output.strip());
        }
        assertThat(code).as(output).isZero();
        return new JsonMapper().readTree(output).path("Resources");
    }

    private static JsonNode skipped(String reason) {
        System.out.println("SKIPPED: template.yaml is not translated: " + reason);
        assumeTrue(false, reason);
        throw new IllegalStateException(reason);
    }
}
