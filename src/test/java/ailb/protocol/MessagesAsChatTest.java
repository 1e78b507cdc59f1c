package ailb.protocol;

import static ailb.protocol.WireFiles.NOW;
import static ailb.protocol.WireFiles.json;
import static ailb.protocol.WireFiles.messages;
import static ailb.protocol.WireFiles.text;
import static ailb.protocol.WireFiles.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.pool.Provider;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.OpenAiProtocol;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.ProviderRequest;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Anthropic's clients at endpoints of OpenAI's protocol. Bodies as in both providers' references. */
class MessagesAsChatTest {

    private static final Endpoint ENDPOINT = WireFiles.endpoint(Provider.OPENAI, "https://provider.test/v1", "gpt-oss");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "single-turn", "all-parameters", "no-demand", "cache-marks", "tools", "tool-results", "merged-turns",
                "thinking", "media", "json-schema",
            })
    void requestIsPutInOpenAisWords(String name) {
        MessagesRequest request = messages(WireFiles.bytes("openai/requests/" + name + "/anthropic.json"));

        assertThat(request.unsupportedAt(Provider.OPENAI)).isEmpty();
        assertThat(json(request.at(ENDPOINT, "key").body()))
                .isEqualTo(json("openai/requests/" + name + "/openai.json"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text", "tool-calls", "cut-off-call", "forced-call-without-usage", "reasoning",
                "cut-off-while-reasoning", "refusal",
            })
    void chatCompletionIsToldAsAMessage(String name) {
        byte[] body = WireFiles.bytes("openai/replies/" + name + "/openai.json");

        ProviderReply.Answer answer = answer(body);

        assertThat(json(answer.body()).toString())
                .isEqualTo(json("openai/replies/" + name + "/anthropic.json").toString());
        assertThat(answer.usage()).isEqualTo(OpenAiProtocol.usage(json(body)));
    }

    /** As Anthropic's models tell none; their clients take the first block for the text. */
    @Test
    void thoughtsThatNobodyAskedForAreNotTold() {
        MessagesRequest request = messages(WireFiles.bytes("openai/requests/single-turn/anthropic.json"));
        byte[] body = WireFiles.bytes("openai/replies/reasoning/openai.json");

        ProviderReply.Answer answer =
                (ProviderReply.Answer) request.read(Provider.OPENAI, 200, Headers.NONE, body, NOW);

        assertThat(json(answer.body()).path("content"))
                .isEqualTo(json(utf8("[{\"type\":\"text\",\"text\":\"9.8 is greater.\"}]")));
    }

    @Test
    void requestGoesToChatCompletionsWithABearerKeyAndNothingOfAnthropics() {
        Headers headers = new Headers(Map.of("anthropic-beta", "context-1m-2025-08-07"));
        Parsed.Valid parsed = (Parsed.Valid) MessagesRequest.parse(
                headers, WireFiles.bytes("openai/requests/single-turn/anthropic.json"));

        ProviderRequest call = parsed.request().at(ENDPOINT, "sk-test");

        assertThat(call.uri()).hasToString("https://provider.test/v1/chat/completions");
        assertThat(call.headers())
                .containsEntry("authorization", "Bearer sk-test")
                .doesNotContainKeys("anthropic-beta", "anthropic-version", "x-api-key");
    }

    /** Some of OpenAI's models take the newer name only; others know the older one only. */
    @ParameterizedTest
    @CsvSource({
        "https://api.openai.com/v1,                           max_completion_tokens",
        "https://EU.api.OpenAI.com/v1,                        max_completion_tokens",
        "https://my-resource.openai.azure.com/openai/v1,      max_completion_tokens",
        "https://x.cognitiveservices.azure.com/openai/v1,     max_completion_tokens",
        "https://x.services.ai.azure.com/openai/v1,           max_completion_tokens",
        "https://api.openai.com.evil.test/v1,                 max_tokens",
        "https://notopenai.azure.com/v1,                      max_tokens",
        "https://myapi.openai.com/v1,                         max_tokens",
        "https://api.groq.com/openai/v1,                      max_tokens",
        "http://127.0.0.1:8000/v1,                            max_tokens",
    })
    void longestAnswerHasTheNameThatTheHostKnows(String baseUrl, String field) {
        Endpoint endpoint = WireFiles.endpoint(Provider.OPENAI, baseUrl, "m");

        JsonNode sent = json(hello().at(endpoint, "key").body());

        assertThat(sent.path(field).asInt()).isEqualTo(7);
        assertThat(sent.fieldNames()).toIterable().containsExactlyInAnyOrder("model", "messages", field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://api.openai.com/v1", "https://api.groq.com/openai/v1", "https://api.mistral.ai/v1"})
    void thoughtsAreNotToldToHostsThatRefuseThem(String baseUrl) {
        MessagesRequest request = messages(WireFiles.bytes("openai/requests/thinking/anthropic.json"));
        Endpoint endpoint = WireFiles.endpoint(Provider.OPENAI, baseUrl, "m");

        assertThat(text(request.at(endpoint, "key").body())).doesNotContain("reasoning_content");
        assertThat(text(request.at(ENDPOINT, "key").body())).contains("reasoning_content");
    }

    @Test
    void streamIsAskedForWithItsUsage() {
        MessagesRequest request = messages(utf8("""
                {"model":"m","max_tokens":7,"stream":true,"messages":[{"role":"user","content":"Hello"}]}"""));

        JsonNode sent = json(request.at(ENDPOINT, "key").body());

        assertThat(sent.path("stream").asBoolean()).isTrue();
        assertThat(sent.path("stream_options")).isEqualTo(json(utf8("{\"include_usage\":true}")));
    }

    /** Without it: "Function call is missing a thought_signature in functionCall parts". */
    @ParameterizedTest
    @CsvSource({
        "https://generativelanguage.googleapis.com/v1beta/openai, gemini-3-pro-preview,    true",
        "https://generativelanguage.googleapis.com/v1beta/openai, gemini-flash-latest,     true",
        "https://generativelanguage.googleapis.com/v1beta/openai, models/gemini-2.5-flash, false",
        "https://provider.test/v1,                                gemini-3-pro-preview,    false",
    })
    void theFirstCallOfAMessageIsSignedForGemini(String baseUrl, String model, boolean isSigned) {
        MessagesRequest request = messages(WireFiles.bytes("openai/requests/tool-results/anthropic.json"));
        Endpoint endpoint = WireFiles.endpoint(Provider.OPENAI, baseUrl, model);

        JsonNode messages = json(request.at(endpoint, "key").body()).path("messages");

        for (String call : List.of("/1/tool_calls/0", "/7/tool_calls/0")) {
            assertThat(messages.at(call + "/extra_content/google/thought_signature").asText(""))
                    .isEqualTo(isSigned ? "skip_thought_signature_validator" : "");
        }
        assertThat(messages.at("/1/tool_calls/1").has("extra_content")).isFalse();
    }

    /** Without it: "The `reasoning_content` in the thinking mode must be passed back to the API." */
    @Test
    void deepSeekGetsAThoughtWithEachMessageOfTheAssistants() {
        MessagesRequest request = messages(WireFiles.bytes("openai/requests/thinking/anthropic.json"));
        Endpoint deepSeek = WireFiles.endpoint(Provider.OPENAI, "https://api.deepseek.com/v1", "deepseek-v4-pro");

        JsonNode messages = json(request.at(deepSeek, "key").body()).path("messages");

        assertThat(messages.at("/1/reasoning_content").asText()).isEqualTo(" ");
        assertThat(messages.at("/3/reasoning_content").asText()).isEqualTo("Told by DeepSeek.");
        assertThat(messages.path(0).has("reasoning_content")).isFalse();
    }

    @Test
    void idsOfCallsFitMistralThere() {
        MessagesRequest request = messages(WireFiles.bytes("openai/requests/tool-results/anthropic.json"));
        Endpoint mistral = WireFiles.endpoint(Provider.OPENAI, "https://api.mistral.ai/v1", "m");

        JsonNode messages = json(request.at(mistral, "key").body()).path("messages");

        assertThat(messages.at("/1/tool_calls").findValuesAsText("id"))
                .hasSize(4)
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[a-zA-Z0-9]{9}"))
                .containsExactlyInAnyOrderElementsOf(
                        List.of(2, 3, 4, 5)
                                .stream()
                                .map(i -> messages.at("/" + i + "/tool_call_id").asText())
                                .toList());
    }

    /** As Kimi's are; Anthropic takes letters, digits, _ and - only, and may get them in the next turn. */
    @Test
    void idsOfCallsFitAnthropic() {
        JsonNode content = json(answer(utf8("""
                {"choices":[{"message":{"content":null,"tool_calls":[
                  {"id":"functions.Read:0","type":"function","function":{"name":"Read","arguments":"{}"}},
                  {"id":"functions.Read:1","type":"function","function":{"name":"Read","arguments":"{}"}},
                  {"id":"call_1-A","type":"function","function":{"name":"Read","arguments":"{}"}}]}}]}""")).body())
                .path("content");

        assertThat(content.findValuesAsText("id"))
                .hasSize(3)
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("^[a-zA-Z0-9_-]+$"))
                .last()
                .isEqualTo("call_1-A");
    }

    /** Other ids than those, also such as look alike, are nobody's but the caller's. */
    @ParameterizedTest
    @CsvSource({
        "toolu_as-ZnVuY3Rpb25zLlJlYWQ6MA, functions.Read:0",
        "toolu_as-Zm9v,                   toolu_as-Zm9v",
        "toolu_as-_,                      toolu_as-_",
        "toolu_01CswdEQBMshySk6Y9DFKrfq,  toolu_01CswdEQBMshySk6Y9DFKrfq",
    })
    void anEndpointGetsItsOwnIdsBack(String told, String made) {
        MessagesRequest request = messages(utf8("""
                {"model":"m","max_tokens":7,"messages":[{"role":"user","content":"x"},
                 {"role":"assistant","content":[{"type":"tool_use","id":"ID","name":"f","input":{}}]},
                 {"role":"user","content":[{"type":"tool_result","tool_use_id":"ID","content":"y"}]}]}"""
                .replace("ID", told)));

        JsonNode messages = json(request.at(ENDPOINT, "key").body()).path("messages");

        assertThat(messages.at("/1/tool_calls/0/id").asText()).isEqualTo(made);
        assertThat(messages.at("/2/tool_call_id").asText()).isEqualTo(made);
    }

    /** Mistral tells it unasked, and answers 422 to who asks. */
    @Test
    void mistralIsNotAskedForTheUsage() {
        MessagesRequest request = messages(utf8("""
                {"model":"m","max_tokens":7,"stream":true,"messages":[{"role":"user","content":"Hello"}]}"""));
        Endpoint mistral = WireFiles.endpoint(Provider.OPENAI, "https://api.mistral.ai/v1", "m");

        assertThat(json(request.at(mistral, "key").body()).has("stream_options")).isFalse();
    }

    /** As Claude Code's are; OpenAI takes 64 characters. The digest is sha256sum's. */
    @Test
    void aLongUsersLabelIsSentAsItsDigest() {
        String label = "{\"model\":\"m\",\"max_tokens\":7,\"metadata\":{\"user_id\":\"%s\"},"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";

        assertThat(json(messages(utf8(label.formatted("a".repeat(64)))).at(ENDPOINT, "key").body()).path("user")
                .textValue()).isEqualTo("a".repeat(64));
        assertThat(json(messages(utf8(label.formatted("a".repeat(65)))).at(ENDPOINT, "key").body()).path("user")
                .textValue()).isEqualTo("635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0");
    }

    /** It fills Anthropic's cache, which OpenAI has no word for. */
    @Test
    void anAnswerOfNoTokensIsForAnthropicOnly() {
        MessagesRequest request = messages(utf8("""
                {"model":"m","max_tokens":0,"messages":[{"role":"user","content":"Hello"}]}"""));

        assertThat(request.unsupportedAt(Provider.OPENAI)).contains("max_tokens");
        assertThat(request.unsupportedAt(Provider.ANTHROPIC)).isEmpty();
    }

    /** Work that grew with the square of what is asked would take minutes. */
    @Test
    void tenThousandMessagesAndAMegabyteAreTranslated() {
        String exchange = """
                {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},
                {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"x"}]},
                {"role":"user","content":"%s"},""".formatted("é🙂 ".repeat(50));
        String body = "{\"model\":\"m\",\"max_tokens\":7,\"messages\":[" + exchange.repeat(3_334)
                + "{\"role\":\"user\",\"content\":\"" + "x".repeat(1_000_000) + "\"}]}";
        MessagesRequest request = messages(utf8(body));

        assertThat(request.unsupportedAt(Provider.OPENAI)).isEmpty();
        assertThat(json(request.at(ENDPOINT, "key").body()).path("messages")).hasSize(10_003);
    }

    @Test
    void keysKeepTheirOrderAndNumbersTheirDigits() {
        MessagesRequest request = messages(WireFiles.bytes("openai/requests/tools/anthropic.json"));

        assertThat(text(request.at(ENDPOINT, "key").body()))
                .contains("\"properties\":{\"unit\":{", "},\"location\":{", "\"minimum\":0.10,"
                        + "\"maximum\":12345678901234567890.5");
    }

    @Test
    void loneSurrogatesDoNotBreakTheTranslation() {
        MessagesRequest request = messages(utf8("""
                {"model":"m","max_tokens":7,"system":"\\udc00","messages":[{"role":"user","content":"a\\ud800b"},
                 {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"x":"\\ud800"}}]},
                 {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"\\ud800"}]}]}"""));

        JsonNode sent = json(request.at(ENDPOINT, "key").body());

        assertThat(sent.at("/messages/0/content").asText()).isEqualTo("\udc00");
        assertThat(sent.at("/messages/1/content").asText()).isEqualTo("a\ud800b");
        assertThat(json(utf8(sent.at("/messages/2/tool_calls/0/function/arguments")
                .asText()
                .replace("\ud800", "\\ud800"))).path("x").asText()).isEqualTo("\ud800");
        assertThat(sent.at("/messages/3/content").asText()).isEqualTo("\ud800");
    }

    @ParameterizedTest
    @CsvSource({
        "stop, end_turn",
        "length, max_tokens",
        "tool_calls, tool_use",
        "content_filter, refusal",
        "eos, end_turn",
    })
    void finishReasonsHaveTheirAnthropicNames(String finishReason, String stopReason) {
        ProviderReply.Answer answer = answer(utf8(
                "{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"" + finishReason + "\"}]}"));

        assertThat(json(answer.body()).path("stop_reason").asText()).isEqualTo(stopReason);
    }

    @Test
    void answerWithoutIdAndModelIsStillAnAnswer() {
        JsonNode message = json(answer(utf8("{\"choices\":[{\"message\":{}}]}")).body());

        assertThat(message.path("id").asText()).startsWith("msg_").hasSizeGreaterThan(4);
        assertThat(message.path("model").asText()).isEqualTo("chat");
        assertThat(message.path("content")).isEmpty();
        assertThat(message.path("stop_reason").asText()).isEqualTo("end_turn");
    }

    /** Some providers do not count what their cache gave in {@code prompt_tokens}. */
    @Test
    void usageIsNeverNegative() {
        JsonNode message = json(answer(utf8("""
                {"choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":5,"completion_tokens":1,
                 "prompt_tokens_details":{"cached_tokens":7}}}""")).body());

        assertThat(message.at("/usage/input_tokens").asInt()).isZero();
        assertThat(message.at("/usage/cache_read_input_tokens").asInt()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "null", "[]", "{}", "<html>", "{\"choices\":[]}", "{\"choices\":[{}]}",
                "{\"choices\":[{\"message\":\"x\"}]}",
                "{\"choices\":[{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}",
                "{\"choices\":[{\"message\":{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"arguments\":\"{}\"}}]}}]}",
                "{\"choices\":[{\"message\":{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\"}}]}}]}",
                "{\"choices\":[{\"message\":{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"[1]\"}}]}}]}",
                "{\"choices\":[{\"message\":{\"content\":\"x\"}",
                "{\"error\":{\"message\":\"Provider returned error\"}}",
            })
    void successWithoutAnAnswerInItIsAFaultOfTheTransport(String body) {
        ProviderReply.Failure failure = failure(200, body);

        assertThat(failure.failure()).isEqualTo(FailureClass.TRANSPORT);
        assertThat(failure.retryable()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', quoteCharacter = '`', value = {
                "400 | invalid_request_error | max_tokens: Too many. | {'error':{'message':'Too many.','type':'invalid_request_error','param':'max_tokens','code':'invalid_value'}}",
                "400 | invalid_request_error | prompt is too long: This model_s maximum context length is 8192 tokens. | {'error':{'message':'This model_s maximum context length is 8192 tokens.','type':'invalid_request_error','param':null,'code':'context_length_exceeded'}}",
                "413 | request_too_large | The provider refused the request with status 413. | <html>",
                "422 | invalid_request_error | Bad. | {'error':'Bad.'}",
                "422 | invalid_request_error | Too many images | {'detail':'Too many images'}",
                "422 | invalid_request_error | body.n: Not whole | {'detail':[{'type':'int','loc':['body','n'],'msg':'Not whole'}]}",
                "422 | invalid_request_error | Bad stuff. | Bad stuff.",
            })
    void callersFaultIsToldInTheCallersProtocol(int status, String type, String message, String body) {
        ProviderReply.Failure failure = failure(status, body.replace('\'', '"'));

        assertThat(failure.failure()).isEqualTo(FailureClass.CALLER_FAULT);
        JsonNode error = json(failure.passOn());
        assertThat(error.path("type").asText()).isEqualTo("error");
        assertThat(error.at("/error/type").asText()).isEqualTo(type);
        assertThat(error.at("/error/message").asText()).isEqualTo(message);
    }

    @Test
    void modelThatIsMissingAtTheEndpointIsNoFaultOfTheCallers() {
        ProviderReply.Failure failure = failure(404, """
                {"error":{"message":"The model `gpt-9` does not exist or you do not have access to it.",
                          "type":"invalid_request_error","param":null,"code":"model_not_found"}}""");

        assertThat(failure.failure()).isEqualTo(FailureClass.MODEL);
        assertThat(failure.passOn()).isEmpty();
        assertThat(failure.retryable()).isTrue();
    }

    private static MessagesRequest hello() {
        return messages(utf8("""
                {"model":"chat","max_tokens":7,"thinking":{"type":"adaptive"},
                 "messages":[{"role":"user","content":"Hello"}]}"""));
    }

    private static ProviderReply.Answer answer(byte[] body) {
        return (ProviderReply.Answer) hello().read(Provider.OPENAI, 200, Headers.NONE, body, NOW);
    }

    private static ProviderReply.Failure failure(int status, String body) {
        return (ProviderReply.Failure) hello().read(Provider.OPENAI, status, Headers.NONE, utf8(body), NOW);
    }
}
