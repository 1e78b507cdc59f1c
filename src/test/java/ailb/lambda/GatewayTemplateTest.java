package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The REST API of template.yaml: what streams, what is limited, and what the gateway itself answers and logs. */
class GatewayTemplateTest {

    private static final String API = "Resources.Api.Properties.";
    private static final String EVENTS = "Resources.ApiFunction.Properties.Events";

    private final Template template;

    GatewayTemplateTest() throws IOException {
        template = new Template();
    }

    /** `/{proxy+}` stands for all paths but the empty one. `STREAM`, OpenAPI's word, would silently be ignored. */
    @Test
    void takesAllRequestsAndStreamsAllAnswers() {
        List<Map<String, Object>> events = template.map(EVENTS)
                .keySet()
                .stream()
                .filter(id -> template.text(EVENTS + "." + id + ".Type").equals("Api"))
                .map(id -> template.map(EVENTS + "." + id + ".Properties"))
                .toList();

        assertThat(events).extracting(event -> event.get("Path")).containsExactlyInAnyOrder("/", "/{proxy+}");
        assertThat(events).allSatisfy(
                event -> assertThat(event)
                        .containsAllEntriesOf(
                                Map.of(
                                        "RestApiId", Map.of("Ref", "Api"),
                                        "Method", "any",
                                        "ResponseTransferMode", "RESPONSE_STREAM",
                                        "TimeoutInMillis", 900_000)));
    }

    @Test
    void isRegionalAndHasOneStageThatFollowsEveryDeployment() {
        assertThat(template.at(API + "EndpointConfiguration")).isEqualTo(Map.of("Type", "REGIONAL"));
        assertThat(template.at(API + "StageName")).isEqualTo("v1");
        assertThat(template.at(API + "AlwaysDeploy")).isEqualTo(true);
        assertThat(template.at("Globals.Api.OpenApiVersion")).isEqualTo("3.0.1");
    }

    @Test
    void isTheOnlyWayIn() {
        assertThat(template.resources("AWS::Serverless::Api")).containsExactly("Api");
        assertThat(template.resources("AWS::Serverless::HttpApi")).isEmpty();
        assertThat(template.resources("AWS::Lambda::Url")).isEmpty();
        assertThat(template.properties()).doesNotContain("FunctionUrlConfig");
    }

    /** A body that is handed on as base64 takes a third more of the 6 MB that an event may have. */
    @Test
    void handsTextOnAsText() {
        assertThat(template.at(API + "BinaryMediaTypes"))
                .isEqualTo(List.of("multipart~1form-data", "application~1octet-stream", "audio~1*", "image~1*"));
        assertThat(template.map("Resources.Api.Properties"))
                .as("compressed answers do not stream")
                .doesNotContainKeys("MinimumCompressionSize", "CacheClusterEnabled");
    }

    @Test
    void limitsTheRequestsOfAllCallersTogether() {
        assertThat(template.at(API + "MethodSettings"))
                .isEqualTo(
                        List.of(
                                Map.of(
                                        "ResourcePath", "/*",
                                        "HttpMethod", "*",
                                        "ThrottlingBurstLimit", 1000,
                                        "ThrottlingRateLimit", 1000)));
    }

    /** The fields that OpenAI's clients read, and those that Anthropic's do. */
    @Test
    void refusesInAFormThatBothKindsOfClientsRead() {
        assertThat(template.map(API + "GatewayResponses"))
                .containsOnlyKeys("DEFAULT_4XX", "DEFAULT_5XX", "THROTTLED")
                .allSatisfy((type, _) -> {
                    JsonNode body = filledIn(template.map(API + "GatewayResponses." + type + ".ResponseTemplates")
                            .get("application/json"));
                    assertThat(body.path("type").asText()).isEqualTo("error");
                    assertThat(body.at("/error/type").asText()).isNotEmpty();
                    assertThat(body.at("/error/message").asText()).isEqualTo("Forbidden");
                    assertThat(body.at("/error/code").asText()).isNotEmpty();
                });
        assertThat(template.at(API + "GatewayResponses.THROTTLED.ResponseParameters.Headers"))
                .isEqualTo(Map.of("Retry-After", "'1'"));
    }

    @Test
    void logsRequestsOnlyIfAskedTo() {
        assertThat(template.map("Parameters.AccessLog"))
                .containsAllEntriesOf(Map.of("Default", "false", "AllowedValues", List.of("true", "false")));
        assertThat(template.at("Conditions.LogsAccess"))
                .isEqualTo(Map.of("Equals", List.of(Map.of("Ref", "AccessLog"), "true")));
        assertThat(template.at("Resources.GatewayLog.Condition")).isEqualTo("LogsAccess");
        assertThat(choice()).startsWith("LogsAccess").endsWith(Map.of("Ref", "AWS::NoValue"));
        assertThat(template.resources("AWS::ApiGateway::Account")).as("a setting of the whole account").isEmpty();
    }

    @Test
    void logsWhetherAnAnswerStreamedAndWhenItBeganButNoKey() {
        String format = (String) ((Map<?, ?>) choice().get(1)).get("Format");

        assertThat(filledIn(format).isObject()).isTrue();
        assertThat(format)
                .contains(
                        "$context.integration.timeToFirstContent", "$context.integration.responseTransferMode",
                        "$context.integration.latency", "$context.error.message")
                .doesNotContainIgnoringCase("header")
                .doesNotContainIgnoringCase("authorizer")
                .doesNotContain("\n");
    }

    private List<Object> choice() {
        return Template.elements(template.map(API + "AccessLogSetting").get("If")).toList();
    }

    /** JSON with values in the place of the gateway's variables, of which one brings its own quotes. */
    private static JsonNode filledIn(Object text) {
        String json = ((String) text).replace("$context.error.messageString", "\"Forbidden\"")
                .replaceAll("\\$context[.\\w]+", "x");
        try {
            return new JsonMapper().readTree(json);
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }
}
