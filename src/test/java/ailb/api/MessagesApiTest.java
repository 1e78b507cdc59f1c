package ailb.api;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.batch.Batches;
import ailb.batch.InMemoryBatchQueue;
import ailb.batch.InMemoryBatchStore;
import ailb.dispatch.Dispatcher;
import ailb.dispatch.FixedKeys;
import ailb.dispatch.ScriptedUpstream;
import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.LimitKind;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.port.Deadline;
import ailb.port.SteppedTime;
import ailb.port.Upstream;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderRequest;
import ailb.state.InMemoryStateStore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients of Anthropic's API meet. */
class MessagesApiTest {

    private static final String KEY = "0123456789012345678901234567890123456789";
    private static final String HELLO =
            "{\"model\":\"chat\",\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    private static final String MESSAGE = """
            {"id":"msg_1","type":"message","role":"assistant","model":"model-of-a",\
            "content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn","stop_sequence":null,\
            "usage":{"input_tokens":10,"output_tokens":5}}""";

    private final SteppedTime time = new SteppedTime(1_800_000_000_000_000_000L);
    private final ScriptedUpstream upstream = new ScriptedUpstream();

    @Test
    void anAnthropicEndpointIsAskedInTheCallersOwnBytes() throws IOException {
        upstream.always("a", () -> reply(200, MESSAGE));

        ApiResponse response = post("/v1/messages", HELLO, Map.of("anthropic-beta", "one,two"));

        assertThat(text(response)).isEqualTo(MESSAGE);
        assertThat(response.headers())
                .containsEntry("x-lb-endpoint", "a")
                .hasEntrySatisfying("request-id", id -> assertThat(id).startsWith("req_"));
        ProviderRequest asked = upstream.requests().getFirst();
        assertThat(asked.uri()).hasToString("https://a.example/v1/messages");
        assertThat(new String(asked.body(), StandardCharsets.UTF_8))
                .isEqualTo(HELLO.replace("\"chat\"", "\"model-of-a\""));
        assertThat(asked.headers()).containsEntry("anthropic-beta", "one,two");
    }

    /** Whoever would get it could not be blamed for it. */
    @Test
    void aHeaderThatCannotBeSentOnIs400() throws IOException {
        Map<String, String> headers = Map.of("anthropic-beta", "one\u0001two");

        assertError(post("/v1/messages", HELLO, headers), 400, "invalid_request_error", "anthropic-beta");
        assertError(post("/v1/messages/count_tokens", HELLO, headers), 400, "invalid_request_error", "anthropic-beta");
        assertThat(upstream.calls()).isEmpty();
    }

    @Test
    void tokensAreCountedByAnEndpointThatCan() throws IOException {
        upstream.always("a", () -> reply(200, "{\"input_tokens\":14}"));

        ApiResponse response = post("/v1/messages/count_tokens", HELLO.replace("\"max_tokens\":100,", ""), Map.of());

        assertThat(text(response)).isEqualTo("{\"input_tokens\":14}");
        assertThat(upstream.requests().getFirst().uri()).hasToString("https://a.example/v1/messages/count_tokens");
    }

    /** It is another service of the provider's: it may be well while no model answers, and the other way round. */
    @Test
    void aCountOfTokensSaysNothingOfTheEndpointsHealth() throws IOException {
        String count = "{\"input_tokens\":14}";
        Api api = api(anthropic());
        upstream.then("a", () -> reply(500, "{}")).then("a", () -> reply(500, "{}")).then("a", () -> reply(200, count));
        upstream.always("a", () -> reply(500, "{}"));

        assertThat(Sent.whole(api.handle(request("/v1/messages/count_tokens", HELLO, Map.of()), deadline())).status())
                .isEqualTo(200);
        JsonNode counted = endpoint(api);
        Sent.whole(api.handle(hello(), deadline()));

        assertThat(counted.path("total_requests").intValue()).isEqualTo(3);
        assertThat(counted.at("/window/calls").intValue()).isZero();
        assertThat(endpoint(api).path("state").textValue()).isEqualTo("open");
    }

    @Test
    void aKeyRefusedToACountOfTokensIsRefusedToMessagesToo() throws IOException {
        Api api = api(anthropic());
        upstream.always("a", () -> reply(401, "{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\"}}"));

        Sent.whole(api.handle(request("/v1/messages/count_tokens", HELLO, Map.of()), deadline()));

        assertThat(endpoint(api).at("/out/reason").textValue()).isEqualTo("credential");
    }

    private JsonNode endpoint(Api api) throws IOException {
        ApiRequest pool = new ApiRequest("GET", "/v1/pool", "", new Headers(headers(Map.of())), new byte[0]);
        return json(Sent.whole(api.handle(pool, deadline()))).at("/endpoints/0");
    }

    @Test
    void whereNoEndpointCanCountTokensTheCallerIsToldSo() throws IOException {
        ApiResponse response =
                Sent.whole(api(openAi()).handle(request("/v1/messages/count_tokens", HELLO, Map.of()), deadline()));

        assertError(response, 400, "invalid_request_error", "/v1/messages/count_tokens");
        assertThat(upstream.calls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|', quoteCharacter = '`', value = {
                "{                                                                        | not valid JSON",
                "[]                                                                       | must be a JSON object",
                "{'model':'chat','messages':[{'role':'user','content':'x'}]}              | max_tokens",
                "{'model':'chat','max_tokens':-1,'messages':[{'role':'user','content':'x'}]}  | max_tokens",
                "{'model':'chat','max_tokens':1,'messages':[]}                            | messages",
                "{'model':'chat','max_tokens':1,'messages':[{'role':'user'}]}             | messages[0].content",
                "{'model':'chat','max_tokens':1,'messages':[{'content':'x'}]}             | messages[0].role",
                "{'model':'chat','max_tokens':1,'messages':[{'role':'user','content':[{}]}]} | messages[0].content[0].type",
                "{'model':'chat','max_tokens':1,'system':1,'messages':[{'role':'user','content':'x'}]} | system",
                "{'max_tokens':1,'messages':[{'role':'user','content':'x'}]}              | model",
            })
    void aBodyThatIsNoMessageIs400WithThePath(String body, String named) throws IOException {
        assertError(post("/v1/messages", body.replace('\'', '"'), Map.of()), 400, "invalid_request_error", named);
        assertThat(upstream.calls()).isEmpty();
    }

    @Test
    void errorsAreToldInAnthropicsWords() throws IOException {
        assertError(
                Sent.whole(
                        api(anthropic()).handle(new ApiRequest("POST", "/v1/messages", "", Headers.NONE, bytes(HELLO)),
                                deadline())),
                401, "authentication_error", "key");
        assertError(post("/v1/messages", HELLO.replace("chat", "nobody"), Map.of()), 404, "not_found_error", "nobody");
        assertError(post("/v1/messages/batches", HELLO, Map.of()), 404, "not_found_error", "/v1/messages/batches");
        assertError(
                post("/v1/complete", HELLO, Map.of("anthropic-version", "2023-06-01")),
                404, "not_found_error", "/v1/complete");
        assertError(post("/v1/messages", " ".repeat(Api.MAX_BODY + 1), Map.of()), 413, "request_too_large", "bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/chat/completions", "/v1/batches", "/v1/batches/b/cancel"})
    void whereOnlyOpenAisProtocolIsSpokenErrorsAreOpenAis(String path) throws IOException {
        ApiRequest request = new ApiRequest(
                "POST", path, "", new Headers(Map.of("anthropic-version", "2023-06-01")), new byte[0]);

        ApiResponse response = Sent.whole(api(anthropic()).handle(request, deadline()));

        assertThat(response.status()).isEqualTo(401);
        assertThat(new JsonMapper().readTree(response.body()).at("/error/code").textValue())
                .isEqualTo("invalid_api_key");
    }

    @Test
    void failuresOfEndpointsAreToldInAnthropicsWords() throws IOException {
        upstream.always("a", () -> reply(529, "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}"));

        assertError(post("/v1/messages", HELLO, Map.of()), 529, "overloaded_error", "said it is overloaded");
        upstream.always("a", () -> reply(401, "{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\"}}"));
        assertError(post("/v1/messages", HELLO, Map.of()), 529, "overloaded_error", "refused the API key");
    }

    @Test
    void aRefusalOfTheProvidersIsPassedOnAsItIs() throws IOException {
        String refusal =
                "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"no\"},\"x\":1.0}";
        upstream.always("a", () -> reply(400, refusal));

        ApiResponse response = post("/v1/messages", HELLO, Map.of());

        assertThat(response.status()).isEqualTo(400);
        assertThat(text(response)).isEqualTo(refusal);
    }

    @Test
    void aFullPoolIs429WithTheTimeToWait() throws IOException {
        upstream.always("a", () -> reply(200, MESSAGE));
        Api api = api(Endpoints.anthropic("a", Endpoints.requests(Pacing.EVEN, 6)));
        Sent.whole(api.handle(hello(), deadline()));

        ApiResponse response = Sent.whole(api.handle(hello(), deadline()));

        assertError(response, 429, "rate_limit_error", "limit");
        assertThat(response.headers()).containsEntry("retry-after", "11").containsEntry("retry-after-ms", "10527");
    }

    /** 600 a minute at bucket pacing; the one call of the window's 30 s counts as 2 a minute, which drain in 0.2 s. */
    @Test
    void answersTellWhatIsLeftOfThePoolsLimits() {
        upstream.always("a", () -> reply(200, MESSAGE));
        Api api = api(Endpoints.anthropic(
                "a", Endpoints.limits(Pacing.BUCKET, Map.of(LimitKind.REQUESTS_PER_MINUTE, 600L))));

        assertThat(Sent.whole(api.handle(hello(), deadline())).headers())
                .containsEntry("anthropic-ratelimit-requests-limit", "600")
                .containsEntry("anthropic-ratelimit-requests-remaining", "598")
                .containsEntry("anthropic-ratelimit-requests-reset", "2027-01-15T08:00:01Z")
                .doesNotContainKey("anthropic-ratelimit-tokens-limit");
    }

    @Test
    void anOpenAiCallerIsToldInOpenAisHeaders() {
        Api api = api(Endpoints.openAi(
                "b", Endpoints.limits(Pacing.BUCKET, Map.of(LimitKind.REQUESTS_PER_MINUTE, 600L))));

        assertThat(Sent.whole(api.handle(request("/v1/chat/completions", HELLO, Map.of()), deadline())).headers())
                .containsEntry("x-ratelimit-limit-requests", "600")
                .containsEntry("x-ratelimit-remaining-requests", "598")
                .containsEntry("x-ratelimit-reset-requests", "200ms");
    }

    @Test
    void modelsAreListedAsAnthropicListsThem() throws IOException {
        ApiResponse response = Sent.whole(api(anthropic()).handle(
                new ApiRequest(
                        "GET", "/v1/models", "", new Headers(headers(Map.of("anthropic-version", "2023-06-01"))),
                        new byte[0]),
                deadline()));

        JsonNode body = json(response);
        assertThat(body.at("/data/0/type").textValue()).isEqualTo("model");
        assertThat(body.at("/data/0/id").textValue()).isEqualTo("chat");
        assertThat(body.path("has_more").booleanValue()).isFalse();
        assertThat(body.path("last_id").textValue()).isEqualTo("chat");
    }

    @Test
    void aModelIsToldAsAnthropicTellsIt() throws IOException {
        ApiResponse response = Sent.whole(api(anthropic()).handle(
                new ApiRequest(
                        "GET", "/v1/models/chat", "", new Headers(headers(Map.of("anthropic-version", "2023-06-01"))),
                        new byte[0]),
                deadline()));

        assertThat(json(response).path("type").textValue()).isEqualTo("model");
        assertThat(json(response).path("id").textValue()).isEqualTo("chat");
    }

    /** 45,000 tokens, of which Anthropic counts those alone that it does not read from its cache. */
    @Test
    void aPromptOverTheLimitIsTakenWhereItMayLieInTheCache() throws IOException {
        Endpoint endpoint = Endpoints.anthropic(
                "a", Endpoints.limits(Pacing.BUCKET, Map.of(LimitKind.INPUT_TOKENS_PER_MINUTE, 30_000L)));
        upstream.always("a", () -> reply(200, MESSAGE));
        String prompt = "{\"model\":\"chat\",\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":"
                + "[{\"type\":\"text\",\"text\":\"%s\"%s}]}]}";
        String cached = prompt.formatted("x".repeat(180_000), ",\"cache_control\":{\"type\":\"ephemeral\"}");
        String plain = prompt.formatted("x".repeat(180_000), "");

        assertError(
                Sent.whole(api(endpoint).handle(request("/v1/messages", plain, Map.of()), deadline())),
                400, "invalid_request_error", "input_tokens_per_minute");
        assertThat(Sent.whole(api(endpoint).handle(request("/v1/messages", cached, Map.of()), deadline())).status())
                .isEqualTo(200);
    }

    private static Endpoint anthropic() {
        return Endpoints.anthropic("a", Endpoints.unlimited());
    }

    private static Endpoint openAi() {
        return Endpoints.openAi("b", Endpoints.unlimited());
    }

    private Api api(Endpoint endpoint) {
        Pool pool = Endpoints.pool(endpoint);
        Dispatcher dispatcher = new Dispatcher(
                pool, new InMemoryStateStore(), upstream, new FixedKeys(), time, new Random(3), _ -> {});
        Batches batches = new Batches(
                new InMemoryBatchStore(), new InMemoryBatchQueue(time, new Random(3)), pool, time, new Random(3),
                Duration.ofDays(7));
        return new Api(pool, dispatcher, new CallerKeys(new OneClient(), FixedClientKeys.NONE), batches, time,
                new Random(3), AnswerLimits.NONE, () -> {});
    }

    private ApiResponse post(String path, String body, Map<String, String> headers) {
        return Sent.whole(api(anthropic()).handle(request(path, body, headers), deadline()));
    }

    private static ApiRequest hello() {
        return request("/v1/messages", HELLO, Map.of());
    }

    private static ApiRequest request(String path, String body, Map<String, String> headers) {
        return new ApiRequest("POST", path, "", new Headers(headers(headers)), bytes(body));
    }

    private static Map<String, String> headers(Map<String, String> more) {
        Map<String, String> headers = new HashMap<>(more);
        headers.put("x-api-key", KEY);
        return headers;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(28), time);
    }

    private static Upstream.Result reply(int status, String body) {
        return new Upstream.Reply(status, Headers.NONE, bytes(body));
    }

    private static String text(ApiResponse response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static JsonNode json(ApiResponse response) throws IOException {
        return new JsonMapper().readTree(response.body());
    }

    private static void assertError(ApiResponse response, int status, String type, String named) throws IOException {
        assertThat(response.status()).as(text(response)).isEqualTo(status);
        JsonNode body = json(response);
        assertThat(body.path("type").textValue()).isEqualTo("error");
        assertThat(body.at("/error/type").textValue()).isEqualTo(type);
        assertThat(body.at("/error/message").textValue()).contains(named);
    }

    private static final class OneClient implements ClientKeys {

        @Override
        public Map<String, String> current() {
            return Map.of("default", KEY);
        }

        @Override
        public Map<String, String> refreshed() {
            return current();
        }
    }
}
