package ailb.protocol;

import static ailb.protocol.WireFiles.NOW;
import static ailb.protocol.WireFiles.hello;
import static ailb.protocol.WireFiles.json;
import static ailb.protocol.WireFiles.text;
import static ailb.protocol.WireFiles.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.FailureClass;
import ailb.pool.Provider;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.ProviderRequest;
import ailb.protocol.wire.Remaining;
import ailb.protocol.wire.Usage;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiProtocolTest {

    @Test
    void requestGoesToChatCompletionsWithABearerKeyAndTheEndpointsModel() {
        ProviderRequest request =
                hello().at(WireFiles.endpoint(Provider.OPENAI, "https://api.openai.com/v1", "gpt-4o-mini"), "sk-test");

        assertThat(request.uri()).hasToString("https://api.openai.com/v1/chat/completions");
        assertThat(request.headers())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "authorization",
                                "Bearer sk-test",
                                "content-type",
                                "application/json",
                                "accept",
                                "application/json",
                                "user-agent",
                                "ai-load-balancer"));
        assertThat(text(request.body()))
                .isEqualTo("{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}");
        assertThat(request.toString()).doesNotContain("sk-test");
    }

    @Test
    void everyRequestCanBePutInTheCallersOwnProtocol() {
        assertThat(WireFiles.valid("""
                {"model":"m","seed":1,"tools":[],"anything":true,"messages":[{"role":"tool","content":"x"}]}""")
                .unsupportedAt(Provider.OPENAI))
                .isEmpty();
    }

    @Test
    void answerPassesBackUntouchedWithItsUsage() {
        byte[] body = WireFiles.bytes("openai/completion.json");

        ProviderReply.Answer answer =
                (ProviderReply.Answer) hello().read(Provider.OPENAI, 200, Headers.NONE, body, NOW);

        assertThat(answer.body()).isSameAs(body);
        assertThat(answer.usage()).isEqualTo(new Usage(2006, 300, 1920, 0));
    }

    /** The figures of OpenAI's guide to reasoning models. */
    @Test
    void reasoningIsAPartOfTheOutput() {
        byte[] body = utf8("""
                {"choices":[],"usage":{"prompt_tokens":75,"completion_tokens":1186,"total_tokens":1261,
                 "completion_tokens_details":{"reasoning_tokens":1024}}}""");

        ProviderReply.Answer answer =
                (ProviderReply.Answer) hello().read(Provider.OPENAI, 200, Headers.NONE, body, NOW);

        assertThat(answer.usage()).isEqualTo(new Usage(75, 1186, 0, 1024));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\":[]}",
                "{\"choices\":[],\"usage\":null}",
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":2}}",
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":1e99,\"completion_tokens\":2}}",
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":\"1\",\"completion_tokens\":2}}",
            })
    void usageThatIsNotGivenOrNotCredibleIsNull(String body) {
        ProviderReply.Answer answer =
                (ProviderReply.Answer) hello().read(Provider.OPENAI, 200, Headers.NONE, utf8(body), NOW);

        assertThat(answer.usage()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "null", "[]", "{}", "{\"choices\":[{", "<html>ok</html>", "{\"choices\":null}",
                "{\"error\":{\"message\":\"Provider returned error\"}}", "{\"choices\":[]} trailing",
            })
    void successWithoutAnAnswerInItIsAFaultOfTheTransport(String body) {
        ProviderReply.Failure failure = failure(200, Headers.NONE, body);

        assertThat(failure.failure()).isEqualTo(FailureClass.TRANSPORT);
        assertThat(failure.retryable()).isTrue();
        assertThat(failure.passOn()).isEmpty();
    }

    @Test
    void callersFaultPassesBackUntouched() {
        String body = "{ \"error\": {\"message\":\"no\",\"type\":\"x\",\"param\":null,\"code\":null,\"extra\":1.0} }";

        ProviderReply.Failure failure = failure(400, Headers.NONE, body);

        assertThat(failure.status()).isEqualTo(400);
        assertThat(text(failure.passOn())).isEqualTo(body);
        assertThat(failure.retryable()).isFalse();
    }

    /** As vLLM, OpenRouter and xAI say it; those who send the code are passed on as they are. */
    @ParameterizedTest
    @ValueSource(strings = {
        "{\"object\":\"error\",\"message\":\"This model's maximum context length is 8192 tokens.\",\"code\":400}",
        "{\"error\":{\"message\":\"This endpoint's maximum context length is 8192 tokens.\",\"code\":400}}",
        "{\"code\":\"x\",\"error\":\"This model's maximum prompt length is 131072 but the request contains 537812 tokens.\"}",
    })
    void promptThatIsTooLongHasTheCodeThatClientsLookForThoughTheProviderSentNone(String body) {
        ProviderReply.Failure failure = failure(400, Headers.NONE, body);

        assertThat(failure.failure()).isEqualTo(FailureClass.CALLER_FAULT);
        assertThat(json(failure.passOn()).at("/error/code").asText()).isEqualTo("context_length_exceeded");
        assertThat(json(failure.passOn()).at("/error/message").asText()).startsWith("This ");
    }

    @Test
    void callersFaultThatIsNoErrorObjectIsToldInTheCallersProtocol() {
        assertThat(json(failure(413, Headers.NONE, "<html>").passOn()))
                .isEqualTo(json(utf8("""
                        {"error":{"message":"The provider refused the request with status 413.",
                                  "type":"invalid_request_error","param":null,"code":null}}""")));
        assertThat(json(failure(400, Headers.NONE, "[{\"error\":{\"code\":400,\"message\":\"Bad part\","
                + "\"status\":\"INVALID_ARGUMENT\"}}]").passOn()))
                .isEqualTo(json(utf8("""
                        {"error":{"message":"Bad part","type":"INVALID_ARGUMENT","param":null,"code":"400"}}""")));
        assertThat(json(failure(400, Headers.NONE, " Bad stuff.\n").passOn()).at("/error/message").asText())
                .isEqualTo("Bad stuff.");
    }

    @Test
    void providersWordsAboutKeysReachNeitherLogNorCaller() {
        ProviderReply.Failure failure = failure(401, Headers.NONE, """
                {"error":{"message":"Incorrect API key provided: sk-abcde********wxyz.","type":"invalid_request_error",
                          "param":null,"code":"invalid_api_key"}}""");

        assertThat(failure.detail()).isEqualTo("401 invalid_api_key");
        assertThat(failure.passOn()).isEmpty();
    }

    @Test
    void detailOfACallersFaultHoldsNothingOfTheCallers() {
        ProviderReply.Failure failure = failure(400, Headers.NONE, """
                {"error":{"message":"Invalid value: 'my secret plan'","type":"invalid_request_error",
                          "param":"messages","code":"invalid_value"}}""");

        assertThat(failure.detail()).isEqualTo("400 invalid_value");
    }

    @Test
    void detailOfAnEndpointsFaultIsOneShortLine() {
        ProviderReply.Failure failure = failure(500, Headers.NONE, """
                {"error":{"message":"Broken\\nfor key sk-live-1234. %s","type":"server_error"}}"""
                .formatted("x ".repeat(500)));

        assertThat(failure.detail())
                .startsWith("500 server_error: Broken for key [redacted] x x ")
                .hasSizeLessThanOrEqualTo(200)
                .doesNotContain("\n");
    }

    @Test
    void providersWordOnRetryingGoesFirst() {
        Headers no = new Headers(Map.of("X-Should-Retry", "false"));
        Headers yes = new Headers(Map.of("X-Should-Retry", "true"));

        assertThat(failure(500, Headers.NONE, "").retryable()).isTrue();
        assertThat(failure(500, no, "").retryable()).isFalse();
        assertThat(failure(422, Headers.NONE, "").retryable()).isFalse();
        assertThat(failure(422, yes, "").retryable()).isTrue();
    }

    @Test
    void anotherEndpointIsWorthTryingWhenThisOneNeedsAPerson() {
        Headers no = new Headers(Map.of("X-Should-Retry", "false"));

        assertThat(failure(402, no, "").retryable()).isTrue();
        assertThat(failure(401, no, "").retryable()).isTrue();
        assertThat(failure(429, no, "").retryable()).as("another's limit is another").isTrue();
    }

    @Test
    void rateLimitsOfAReplyComeAlongWithAnswersAndFailures() {
        Headers headers = new Headers(Map.of("x-ratelimit-remaining-requests", "7", "retry-after", "3"));

        ProviderReply answer =
                hello().read(Provider.OPENAI, 200, headers, WireFiles.bytes("openai/completion.json"), NOW);
        ProviderReply.Failure failure = failure(429, headers, "");

        assertThat(answer.remaining()).singleElement().extracting(Remaining::remaining).isEqualTo(7L);
        assertThat(failure.remaining()).isEqualTo(answer.remaining());
        assertThat(failure.retryAfter()).hasValueSatisfying(wait -> assertThat(wait).hasSeconds(3));
    }

    private ProviderReply.Failure failure(int status, Headers headers, String body) {
        return (ProviderReply.Failure) hello().read(Provider.OPENAI, status, headers, utf8(body), NOW);
    }
}
