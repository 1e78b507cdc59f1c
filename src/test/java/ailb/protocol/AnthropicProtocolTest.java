package ailb.protocol;

import static ailb.protocol.WireFiles.NOW;
import static ailb.protocol.WireFiles.hello;
import static ailb.protocol.WireFiles.json;
import static ailb.protocol.WireFiles.utf8;
import static ailb.protocol.WireFiles.valid;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.pool.Provider;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.ProviderRequest;
import ailb.protocol.wire.Usage;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicProtocolTest {

    private static final Endpoint ENDPOINT =
            WireFiles.endpoint(Provider.ANTHROPIC, "https://api.anthropic.com", "claude-sonnet-4-5");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "single-turn", "all-parameters", "merged-turns", "refusal-in-history", "blank-text", "prefill", "tools",
                "tool-results", "thinking", "no-thinking", "images", "json-schema", "no-demand",
            })
    void chatRequestIsPutInAnthropicsWords(String name) {
        ChatRequest request = valid(WireFiles.bytes("anthropic/requests/" + name + "/openai.json"));

        assertThat(request.unsupportedAt(Provider.ANTHROPIC)).isEmpty();
        assertThat(json(request.at(ENDPOINT, "key").body()))
                .isEqualTo(json("anthropic/requests/" + name + "/anthropic.json"));
    }

    /** Claude from Opus 4.1 on answers 400 to both. */
    @ParameterizedTest
    @CsvSource({
        "0.7, 1, 0.7, ",
        "1, 0.9, , 0.9",
        "1.5, 0.9, , 0.9",
        "1, 1, 1.0, ",
        "0.7, 0.9, 0.7, 0.9", // the provider's to judge
        "1.5, , 1.0, ",
        ", 1, , 1",
    })
    void ofTemperatureAndTopPOneThatSaysNothingIsLeftOut(
            String temperature, String topP, String sentTemperature, String sentTopP) {
        ChatRequest request = valid("""
                {"model":"chat","messages":[{"role":"user","content":"Hi"}],"temperature":%s,"top_p":%s}"""
                .formatted(temperature, topP));

        JsonNode sent = json(request.at(ENDPOINT, "key").body());

        assertThat(sent.path("temperature").asText(null)).isEqualTo(sentTemperature);
        assertThat(sent.path("top_p").asText(null)).isEqualTo(sentTopP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text", "cached-and-cut-off", "refusal-without-usage", "refusal", "tool-calls", "thinking",
                "cut-off-while-thinking",
            })
    void anthropicsAnswerIsToldAsAChatCompletion(String name) {
        byte[] body = WireFiles.bytes("anthropic/replies/" + name + "/anthropic.json");

        ProviderReply.Answer answer =
                (ProviderReply.Answer) hello().read(Provider.ANTHROPIC, 200, Headers.NONE, body, NOW);

        JsonNode expected = json("anthropic/replies/" + name + "/openai.json");
        assertThat(json(answer.body())).isEqualTo(expected);
        assertThat(answer.usage()).isEqualTo(usage(expected.path("usage")));
    }

    @ParameterizedTest
    @CsvSource({
        "end_turn, stop",
        "stop_sequence, stop",
        "max_tokens, length",
        "model_context_window_exceeded, length",
        "tool_use, tool_calls",
        "refusal, content_filter",
        "a_reason_of_tomorrow, stop",
    })
    void stopReasonsHaveTheirOpenAiNames(String stopReason, String finishReason) {
        ProviderReply.Answer answer = (ProviderReply.Answer) hello().read(Provider.ANTHROPIC, 200, Headers.NONE,
                utf8("{\"content\":[],\"stop_reason\":\"" + stopReason + "\"}"), NOW);

        assertThat(json(answer.body()).at("/choices/0/finish_reason").asText()).isEqualTo(finishReason);
    }

    @Test
    void answerWithoutIdAndModelIsStillAnAnswer() {
        ProviderReply.Answer answer =
                (ProviderReply.Answer) hello().read(Provider.ANTHROPIC, 200, Headers.NONE, utf8("{\"content\":[]}"),
                        NOW);

        assertThat(json(answer.body()).path("id").asText()).startsWith("chatcmpl-").hasSizeGreaterThan(9);
        assertThat(json(answer.body()).path("model").asText()).isEqualTo("chat");
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.anthropic.com,    https://api.anthropic.com/v1/messages",
        "https://api.anthropic.com/v1, https://api.anthropic.com/v1/messages",
        "https://proxy/anthropic,      https://proxy/anthropic/v1/messages",
    })
    void requestGoesToMessagesWithTheVersionInThePathOnce(String baseUrl, String uri) {
        Endpoint endpoint = WireFiles.endpoint(Provider.ANTHROPIC, baseUrl, "claude");

        assertThat(hello().at(endpoint, "key").uri()).hasToString(uri);
    }

    @Test
    void requestCarriesKeyAndApiVersion() {
        ProviderRequest request = hello().at(ENDPOINT, "sk-ant-test");

        assertThat(request.headers())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "x-api-key",
                                "sk-ant-test",
                                "anthropic-version",
                                "2023-06-01",
                                "content-type",
                                "application/json",
                                "accept",
                                "application/json",
                                "user-agent",
                                "ai-load-balancer"));
    }

    @Test
    void loneSurrogateOfACallerDoesNotBreakTheTranslation() {
        ChatRequest request =
                valid("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a\\ud800b\"}]}");

        byte[] body = request.at(ENDPOINT, "key").body();

        assertThat(json(body).at("/messages/0/content/0/text").asText()).isEqualTo("a\ud800b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "null", "[]", "{}", "<html>", "{\"content\":\"x\"}",
                "{\"content\":[{\"type\":\"tool_use\",\"name\":\"f\",\"input\":{}}]}",
                "{\"content\":[{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"f\",\"input\":\"{}\"}]}",
                "{\"content\":[{\"type\":\"text\",\"tex",
                "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
            })
    void successWithoutAnAnswerInItIsAFaultOfTheTransport(String body) {
        ProviderReply.Failure failure = failure(200, body);

        assertThat(failure.failure()).isEqualTo(FailureClass.TRANSPORT);
        assertThat(failure.status()).isEqualTo(200);
        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void callersFaultIsToldInTheCallersProtocolInAnthropicsWords() {
        ProviderReply.Failure failure = failure(400, """
                {"type":"error","error":{"type":"invalid_request_error","message":"top_p: must be less than 1"},
                 "request_id":"req_1"}""");

        assertThat(failure.status()).isEqualTo(400);
        assertThat(json(failure.passOn())).isEqualTo(json(utf8("""
                {"error":{"message":"top_p: must be less than 1","type":"invalid_request_error",
                          "param":null,"code":null}}""")));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "prompt is too long: 210000 tokens > 200000 maximum",
        "input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000, decrease input length or `max_tokens`",
    })
    void promptThatIsTooLongHasTheCodeThatOpenAiClientsLookFor(String message) {
        ProviderReply.Failure failure = failure(400,
                "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"" + message + "\"}}");

        assertThat(json(failure.passOn()).at("/error/code").asText()).isEqualTo("context_length_exceeded");
    }

    private static Usage usage(JsonNode expected) {
        return expected.isMissingNode()
                ? null
                : new Usage(
                        expected.path("prompt_tokens").asLong(),
                        expected.path("completion_tokens").asLong(),
                        expected.at("/prompt_tokens_details/cached_tokens").asLong(),
                        expected.at("/completion_tokens_details/reasoning_tokens").asLong());
    }

    private ProviderReply.Failure failure(int status, String body) {
        return (ProviderReply.Failure) hello().read(Provider.ANTHROPIC, status, Headers.NONE, utf8(body), NOW);
    }
}
