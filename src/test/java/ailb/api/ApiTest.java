package ailb.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ailb.batch.Batches;
import ailb.batch.InMemoryBatchQueue;
import ailb.batch.InMemoryBatchStore;
import ailb.dispatch.Dispatcher;
import ailb.dispatch.FixedKeys;
import ailb.dispatch.ScriptedUpstream;
import ailb.pool.Endpoint;
import ailb.pool.EndpointBuilder;
import ailb.pool.Endpoints;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.pool.SettingsBuilder;
import ailb.port.ApiKeys;
import ailb.port.Deadline;
import ailb.port.SteppedTime;
import ailb.protocol.wire.Headers;
import ailb.state.InMemoryStateStore;
import ailb.state.ScriptedStore;
import ailb.state.StateStore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiTest {

    private final List<Optional<RequestNames>> names = new ArrayList<>();
    private final AtomicInteger refused = new AtomicInteger();

    private static final String KEY = "0123456789012345678901234567890123456789";
    private static final String ADMIN_KEY = "abcdefghijabcdefghijabcdefghijabcdefghij";
    private static final String CHAT = "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    private static final JsonMapper MAPPER = new JsonMapper();

    private final SteppedTime time = new SteppedTime(1_800_000_000_000_000_000L);
    private final ScriptedUpstream upstream = new ScriptedUpstream();
    private final InMemoryStateStore store = new InMemoryStateStore();
    private final KnownKeys clients = new KnownKeys("default", KEY);
    private final KnownKeys admins = new KnownKeys("owner", ADMIN_KEY);
    private final FixedKeys keys = new FixedKeys();
    private final Pool pool = Endpoints.pool(
            Endpoints.endpoint("a", Provider.OPENAI, 2, Endpoints.requests(Pacing.EVEN, 60)));
    private final Api api = api();

    @Test
    void aChatIsAnsweredWithTheProvidersWordsAndWhereTheyCameFrom() throws IOException {
        ApiResponse response = post(CHAT);

        assertThat(response.status()).isEqualTo(200);
        assertThat(json(response).at("/choices/0/message/content").textValue()).isEqualTo("Hello");
        assertThat(response.headers())
                .containsEntry("content-type", "application/json")
                .containsEntry("x-lb-endpoint", "a")
                .containsEntry("x-lb-attempts", "1")
                .hasEntrySatisfying("x-request-id", id -> assertThat(id).matches("req_[0-9a-f]{16}"));
    }

    @Test
    void aBugIsA500WithAnIdAndNotThrown() throws IOException {
        upstream.always("a", () -> {
            throw new IllegalStateException("a bug");
        });

        ApiResponse response = post(CHAT);

        assertThat(response.status()).isEqualTo(500);
        assertThat(json(response).at("/error/code").textValue()).isEqualTo("internal_error");
        assertThat(response.headers()).containsKey("x-request-id");
    }

    @Test
    void theKeyMayComeAsXApiKey() {
        ApiResponse response = send("POST", "/v1/chat/completions", Map.of("X-API-Key", KEY), CHAT);

        assertThat(response.status()).isEqualTo(200);
    }

    /** As an SDK sends them that was given the key, and found a token of another service in its environment. */
    @ParameterizedTest
    @ValueSource(strings = {"Bearer another", "Bearer ", "Basic YTpi"})
    void theKeyMayComeBesideAnotherServices(String authorization) {
        Map<String, String> headers = Map.of("x-api-key", KEY, "authorization", authorization);

        assertThat(send("POST", "/v1/chat/completions", headers, CHAT).status()).isEqualTo(200);
        assertThat(send("GET", "/v1/models", Map.of("x-api-key", "another", "authorization", "Bearer " + KEY), "")
                .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "authorization, Bearer wrong",
        "authorization, Bearer",
        "authorization, Basic 0123456789012345678901234567890123456789",
        "authorization, 0123456789012345678901234567890123456789",
        "x-api-key, ''",
        "x-api-key, 012345678901234567890123456789012345678",
    })
    void withoutTheRightKeyNothingIsCalledAndNoPermitTaken(String header, String value) throws IOException {
        ApiResponse response =
                send("POST", "/v1/chat/completions", header.isEmpty() ? Map.of() : Map.of(header, value), CHAT);

        assertError(response, 401, "invalid_request_error", "invalid_api_key");
        assertUntouched();
    }

    @Test
    void whoBringsNoKeyIsToldOfBothHeaders() throws IOException {
        assertThat(json(send("GET", "/v1/models", Map.of(), "")).at("/error/message").textValue())
                .isEqualTo("No API key: send the balancer's client key as 'Authorization: Bearer <key>' or "
                        + "'x-api-key: <key>'.");
    }

    static Stream<Arguments> errorsOfOneRequest() {
        return Stream.<Error>of(new StackOverflowError(), new NoClassDefFoundError("a/B"), new AssertionError("no"))
                .flatMap(error -> Stream.of(false, true).map(stream -> Arguments.of(error, stream)));
    }

    /** A stack is whole again once it is left, so nothing else is in danger. */
    @ParameterizedTest
    @MethodSource("errorsOfOneRequest")
    void anErrorFailsOneRequest(Error error, boolean stream) throws IOException {
        String body = stream ? CHAT.replace("{\"model", "{\"stream\":true,\"model") : CHAT;
        upstream.then("a", () -> {
            throw error;
        });

        assertError(post(body), 500, "server_error", "internal_error");
        assertThat(post(CHAT).status()).isEqualTo(200);
    }

    /** Whoever calls the API answers then, or the process ends. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void memoryThatIsUsedUpIsNotGoneOnAfter(boolean stream) {
        OutOfMemoryError error = new OutOfMemoryError("Java heap space");
        upstream.then("a", () -> {
            throw error;
        });

        assertThatThrownBy(() -> post(stream ? CHAT.replace("{\"model", "{\"stream\":true,\"model") : CHAT))
                .isSameAs(error);
    }

    /** The name of a key, never the key. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatHappensToARequestIsKnownByItsIdAndItsClientsName(boolean stream) {
        ApiResponse response = post(stream ? CHAT.replace("{\"model", "{\"stream\":true,\"model") : CHAT);

        assertThat(names).isNotEmpty()
                .allSatisfy(known -> assertThat(known)
                        .contains(new RequestNames(response.headers().get("x-request-id"), "default")));
    }

    @Test
    void callersWhoAreTurnedAwayForTheirKeyAreCounted() {
        send("GET", "/v1/models", Map.of(), "");
        send("GET", "/v1/models", Map.of("authorization", "Bearer wrong"), "");
        get("/v1/models");

        assertThat(refused).hasValue(2);
    }

    /** The stage of a REST API takes the version off, and a custom domain may. */
    @ParameterizedTest
    @CsvSource({
        "/health, 200", "/v1/health, 200", "/models, 200", "/v1/models, 200", "/batches, 200", "/v1/v1/models, 404",
        "/v1, 404", "/, 404", "/v2/models, 404",
    })
    void aPathIsKnownWithAndWithoutTheVersion(String path, int status) {
        assertThat(get(path).status()).isEqualTo(status);
    }

    @Test
    void aKeyThatIsNewIsLookedUp() {
        clients.fetched.put("new", "a-key-that-was-put-just-now");

        ApiResponse response = send(
                "GET", "/v1/models", Map.of("authorization", "bearer a-key-that-was-put-just-now"), "");

        assertThat(response.status()).isEqualTo(200);
    }

    @Test
    void clientKeysThatCannotBeReadAre503() throws IOException {
        clients.broken = true;

        assertError(post(CHAT), 503, "server_error", "client_keys_unavailable");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, 404, unknown_url",
        "GET, /v1, 404, unknown_url",
        "POST, /v1/chat/completions/, 404, unknown_url",
        "POST, /v1/completions, 404, unknown_url",
        "GET, /v1/../health, 404, unknown_url",
        "GET, /v1/chat/completions, 405, method_not_supported",
        "DELETE, /v1/models, 405, method_not_supported",
        "POST, /health, 405, method_not_supported",
    })
    void aWrongPathOrMethodIsSaidSo(String method, String path, int status, String code) throws IOException {
        ApiResponse response = send(method, path, Map.of("authorization", "Bearer " + KEY), "");

        assertError(response, status, "invalid_request_error", code);
        assertUntouched();
    }

    /** Not a fetch of the admin's secret for each client's request. */
    @Test
    void keysAreLookedUpAnewOnlyForAKeyThatIsNotKnown() {
        get("/v1/models");
        asAdmin("/v1/models");
        assertThat(admins.refreshes + clients.refreshes).isZero();

        send("GET", "/v1/models", Map.of("authorization", "Bearer wrong"), "");
        assertThat(List.of(admins.refreshes, clients.refreshes)).containsExactly(1, 1);
    }

    @Test
    void clientsAreServedThoughTheAdminsKeysCannotBeRead() throws IOException {
        admins.broken = true;

        assertThat(get("/v1/models").status()).isEqualTo(200);
        assertError(asAdmin("/v1/models"), 503, "server_error", "client_keys_unavailable");
    }

    @Test
    void theAdminIsServedThoughTheClientsKeysCannotBeRead() throws IOException {
        clients.broken = true;

        assertThat(asAdmin("/v1/pool").status()).isEqualTo(200);
        assertError(get("/v1/pool"), 503, "server_error", "client_keys_unavailable");
    }

    @Test
    void aKeyThatIsAmongBothIsTheAdmins() throws IOException {
        clients.known.put("boss", ADMIN_KEY);

        assertThat(json(asAdmin("/v1/pool")).has("budget")).isTrue();
    }

    @Test
    void theAdminIsKnownToTheLogByTheNameOfItsKey() {
        send("POST", "/v1/chat/completions", Map.of("authorization", "Bearer " + ADMIN_KEY), CHAT);

        assertThat(names).isNotEmpty()
                .allSatisfy(
                        known -> assertThat(known).hasValueSatisfying(
                                name -> assertThat(name.client()).isEqualTo("owner")));
    }

    @Test
    void aWrongMethodComesWithTheRightOne() {
        ApiResponse response = send("GET", "/v1/chat/completions", Map.of(), "");

        assertThat(response.headers()).containsEntry("allow", "POST");
        assertThat(new String(response.body(), StandardCharsets.UTF_8))
                .contains("the 'allow' header lists the allowed methods");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null",
                "[]",
                "\"chat\"",
                "{}",
                "{\"model\":1,\"messages\":[]}",
                "{\"model\":\"chat\"}",
                "{\"model\":\"chat\",\"messages\":{}}",
                "{\"model\":\"chat\",\"messages\":[]}",
                "{\"model\":\"chat\",\"messages\":[1]}",
                "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\"}],\"max_tokens\":\"many\"}",

            })
    void aBodyThatIsNoChatIs400AndTakesNoPermit(String body) throws IOException {
        ApiResponse response = post(body);

        assertThat(response.status()).isEqualTo(400);
        assertThat(json(response).at("/error/type").textValue()).isEqualTo("invalid_request_error");
        assertUntouched();
    }

    @Test
    void deepNestingAndInvalidUtf8Are400() {
        byte[] invalid = CHAT.getBytes(StandardCharsets.UTF_8);
        invalid[invalid.length - 6] = (byte) 0xff;

        assertThat(post("{\"model\":\"chat\",\"messages\":" + "[".repeat(100_000)).status())
                .isEqualTo(400);
        assertThat(send("POST", "/v1/chat/completions", authorized(), invalid).status())
                .isEqualTo(400);
        assertUntouched();
    }

    @Test
    void aBodyOverSixMegabytesIs413() throws IOException {
        byte[] large = new byte[6 * 1024 * 1024 + 1];

        assertError(
                send("POST", "/v1/chat/completions", authorized(), large),
                413,
                "invalid_request_error",
                "request_too_large");
        assertUntouched();
    }

    @Test
    void anUnknownModelIs404() throws IOException {
        assertError(post(CHAT.replace("chat", "gpt-9")), 404, "invalid_request_error", "model_not_found");
        assertUntouched();
    }

    @Test
    void aFullPoolIs429AndSaysWhenToComeBackRoundedUp() {
        time.pass(Duration.ofMillis(1));
        Api small = api(Endpoints.pool(
                Endpoints.endpoint("a", Provider.OPENAI, 1, Endpoints.requests(Pacing.EVEN, 6))));
        Sent.whole(small.handle(chat(), deadline()));

        ApiResponse response = Sent.whole(small.handle(chat(), deadline()));

        assertThat(response.status()).isEqualTo(429);
        assertThat(response.headers())
                .containsEntry("retry-after", "11")
                .containsEntry("retry-after-ms", "10527")
                .containsEntry("x-lb-attempts", "0")
                .doesNotContainKey("x-should-retry");
    }

    @Test
    void modelsAreListedAsOpenAiListsThem() throws IOException {
        JsonNode body = json(get("/v1/models"));

        assertThat(body.path("object").textValue()).isEqualTo("list");
        assertThat(body.at("/data/0/id").textValue()).isEqualTo("chat");
        assertThat(body.at("/data/0/object").textValue()).isEqualTo("model");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/models/chat", "/v1/models/ch%61t"})
    void aModelIsToldByItsName(String path) throws IOException {
        JsonNode body = json(get(path));

        assertThat(body.path("id").textValue()).isEqualTo("chat");
        assertThat(body.path("object").textValue()).isEqualTo("model");
    }

    /** Clients encode slashes, and the gateway decodes them. */
    @ParameterizedTest
    @CsvSource({
        "@cf/meta/llama, @cf/meta/llama",
        "@cf/meta/llama, %40cf%2Fmeta%2Fllama",
        "100%25, 100%25",
        "100%25, 100%2525",
    })
    void aModelsNameMayHoldAnything(String name, String path) throws IOException {
        Endpoint a = Endpoints.openAi("a", Endpoints.unlimited());
        Endpoint named = EndpointBuilder.like(a).models(List.of(name)).price(null).build();
        ApiRequest request = new ApiRequest(
                "GET", "/v1/models/" + path, "", new Headers(Map.of("x-api-key", KEY)), new byte[0]);

        ApiResponse response = Sent.whole(api(Endpoints.pool(named)).handle(request, deadline()));

        assertThat(response.status()).isEqualTo(200);
        assertThat(json(response).path("id").textValue()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/models/gpt-9", "/v1/models/openai/gpt-9", "/v1/models/a//b/", "/v1/models/%zz"})
    void aModelThatIsNotServedIsSaidSo(String path) throws IOException {
        assertError(get(path), 404, "invalid_request_error", "model_not_found");
    }

    @Test
    void aCompressedBodyIsRefusedByItsEncoding() throws IOException {
        Map<String, String> headers = Map.of("authorization", "Bearer " + KEY, "content-encoding", "gzip");

        assertError(
                send("POST", "/v1/chat/completions", headers, new byte[]{0x1f, (byte) 0x8b}),
                415, "invalid_request_error", "unsupported_encoding");
        assertUntouched();
    }

    @Test
    void healthNeedsNoKey() {
        ApiResponse response = send("GET", "/health", Map.of(), "");

        assertThat(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo("{\"status\":\"ok\"}");
    }

    @Test
    void headIsAnsweredWhereGetIs() {
        assertThat(send("HEAD", "/health", Map.of(), "").status()).isEqualTo(200);
    }

    @Test
    void thePoolShowsWhatAnEndpointHasDone() throws IOException {
        post(CHAT);

        JsonNode endpoint = json(asAdmin("/v1/pool")).at("/endpoints/0");

        assertThat(endpoint.path("name").textValue()).isEqualTo("a");
        assertThat(endpoint.path("healthy").booleanValue()).isTrue();
        assertThat(endpoint.path("total_requests").longValue()).isEqualTo(1);
        assertThat(endpoint.path("error_rate").doubleValue()).isZero();
        assertThat(endpoint.path("consecutive_errors").longValue()).isZero();
        // one call in the last 30 s are 2 a minute, of 60
        assertThat(endpoint.path("capacity").doubleValue()).isEqualTo(0.967);
        assertThat(endpoint.at("/limits/0/limit").textValue()).isEqualTo("requests_per_minute");
        assertThat(endpoint.at("/limits/0/used").doubleValue()).isEqualTo(2);
        assertThat(endpoint.at("/limits/0/of").longValue()).isEqualTo(60);
        assertThat(endpoint.at("/tokens/output").longValue()).isEqualTo(5);
        assertThat(endpoint.path("spent_today_usd").doubleValue()).isEqualTo(0.00002);
        assertThat(endpoint.path("out").isNull()).isTrue();
    }

    /**
     * One call a second, each answered after a second with 256 tokens: the bucket that reaches to 100 x 1.25^11 ms. Each
     * costs 10 x 1 + 256 x 2 millionths of a dollar.
     */
    @Test
    void thePoolShowsTheLatencyCountsAndCostOfAnEndpoint() throws IOException {
        upstream.always("a", () -> {
            time.sleep(1_000_000_000L);
            return ScriptedUpstream.answer(10, 0, 256, 0);
        });
        for (int i = 0; i < 10; i++) {
            post(CHAT);
        }

        JsonNode endpoint = json(asAdmin("/v1/pool")).at("/endpoints/0");

        assertThat(endpoint.path("window")).isEqualTo(MAPPER.readTree("""
                {"admitted": 10.0, "answers": 10.0, "calls": 10.0, "failures": 0.0}"""));
        assertThat(endpoint.at("/latency_ms/p50").longValue()).isEqualTo(1164);
        assertThat(endpoint.at("/latency_ms/p95").longValue()).isEqualTo(1164);
        assertThat(endpoint.path("price")).isEqualTo(MAPPER.readTree("""
                {"input_per_million": 1.0, "output_per_million": 2.0}"""));
        assertThat(endpoint.path("spent_today_usd").doubleValue()).isEqualTo(0.00522);
        assertThat(endpoint.path("share").doubleValue()).isEqualTo(1);
    }

    @Test
    void thePoolSaysWhereALatencyOrAPriceIsNotKnown() throws IOException {
        Api unpriced = api(Endpoints.pool(Endpoints.priced("a", null)));
        Sent.whole(unpriced.handle(chat(), deadline()));

        JsonNode endpoint = json(Sent.whole(unpriced.handle(
                pool(ADMIN_KEY), deadline())))
                .at("/endpoints/0");

        assertThat(endpoint.path("price").isNull()).isTrue();
        assertThat(endpoint.at("/latency_ms/p50").isNull()).isTrue();
        assertThat(endpoint.at("/latency_ms/p95").isNull()).isTrue();
    }

    /** Three faults in a row open it for 60 s; then one call finds out. Each move bumps the generation. */
    @Test
    void thePoolShowsAnEndpointClosedOpenAndHalfOpen() throws IOException {
        List<JsonNode> seen = new ArrayList<>();
        seen.add(json(asAdmin("/v1/pool")).at("/endpoints/0"));
        for (int i = 0; i < 3; i++) {
            upstream.then("a", () -> ScriptedUpstream.error(500, "server_error", "x"));
        }
        time.sleep(1);
        post(CHAT);
        seen.add(json(asAdmin("/v1/pool")).at("/endpoints/0"));
        String until = seen.getLast().at("/out/until").textValue();
        time.sleep(Duration.between(Instant.ofEpochSecond(0, time.now()), Instant.parse(until)).toNanos() + 1_000_000);
        upstream.then("a", () -> {
            try {
                seen.add(json(asAdmin("/v1/pool")).at("/endpoints/0"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return ScriptedUpstream.answer();
        });
        post(CHAT);
        seen.add(json(asAdmin("/v1/pool")).at("/endpoints/0"));

        assertThat(seen).extracting(endpoint -> endpoint.path("state").textValue())
                .containsExactly("closed", "open", "half_open", "closed");
        assertThat(seen).extracting(endpoint -> endpoint.path("generation").longValue())
                .containsExactly(0L, 1L, 2L, 3L);
        assertThat(seen.get(1).at("/out/reason").textValue()).isEqualTo("server");
        assertThat(seen.get(2).at("/out/reason").textValue()).isEqualTo("server");
        assertThat(seen.get(1).at("/window/failures").doubleValue()).isEqualTo(3);
        assertThat(seen.get(3).path("out").isNull()).isTrue();
    }

    /** Three calls of 20 millionths of a dollar are 0.6 of the budget: 0.5 + 6 x (0.6 - 0.5) / 0.5 = 1.7. */
    @Test
    void thePoolShowsTheDaysBudgetAndEachEndpointsShareOfTraffic() throws IOException {
        Api budgeted = api(Endpoints.pool(
                new SettingsBuilder().budget(0.0001).costExponent(0.5).build(),
                Endpoints.openAi("a", Endpoints.unlimited()),
                Endpoints.openAi("b", Endpoints.unlimited())));
        for (int i = 0; i < 3; i++) {
            Sent.whole(budgeted.handle(chat(), deadline()));
        }

        JsonNode pool = json(Sent.whole(budgeted.handle(
                pool(ADMIN_KEY), deadline())));

        assertThat(pool.path("budget")).isEqualTo(MAPPER.readTree("""
                {"usd_per_day": 0.0001, "spent_today_usd": 0.00006, "exponent": 1.7}"""));
        for (JsonNode endpoint : pool.path("endpoints")) {
            assertThat(endpoint.path("share").doubleValue())
                    .isCloseTo(endpoint.path("total_requests").longValue() / 3.0, within(0.0005));
        }
    }

    @Test
    void aPoolWithoutABudgetOrTrafficSaysSo() throws IOException {
        JsonNode pool = json(asAdmin("/v1/pool"));

        assertThat(pool.path("budget")).isEqualTo(MAPPER.readTree("""
                {"usd_per_day": null, "spent_today_usd": 0.0, "exponent": 0.0}"""));
        assertThat(pool.at("/endpoints/0/share").doubleValue()).isZero();
    }

    @Test
    void aBudgetUsedUpIsToldWithTheTimeUntilMidnightUtc() throws IOException {
        Api budgeted = api(Endpoints.pool(
                new SettingsBuilder().budget(0.00001).build(),
                Endpoints.openAi("a", Endpoints.unlimited())));
        Sent.whole(budgeted.handle(chat(), deadline()));

        ApiResponse response = Sent.whole(budgeted.handle(chat(), deadline()));

        assertError(response, 429, "rate_limit_error", "budget_exhausted");
        // from 08:00 on, 16 hours
        assertThat(response.headers()).containsEntry("retry-after", "57600").containsEntry("x-lb-attempts", "0");
        assertThat(response.headers()).as("SDKs would sleep as long").containsEntry("x-should-retry", "false");
    }

    @Test
    void thePoolSaysWhichKeyIsMissing() throws IOException {
        keys.known("key-of-a", new ApiKeys.Missing("Put it."));
        JsonNode without = json(asAdmin("/v1/pool")).at("/endpoints/0");

        assertThat(without.path("healthy").booleanValue()).isFalse();
        assertThat(without.path("out")).isEqualTo(MAPPER.readTree("""
                {"reason": "key_missing", "means": "Put it.", "until": null}"""));

        keys.known("key-of-a", new ApiKeys.Unavailable("no answer"));
        assertThat(json(asAdmin("/v1/pool")).at("/endpoints/0/healthy").booleanValue()).isTrue();
    }

    @Test
    void clientsSeeWhatTheEndpointsDoAndNothingOfWhatTheyCost() throws IOException {
        Api budgeted = api(Endpoints.pool(
                new SettingsBuilder().budget(0.0001).costExponent(0.5).build(),
                Endpoints.openAi("a", Endpoints.unlimited())));
        Sent.whole(budgeted.handle(chat(), deadline()));

        JsonNode admins = json(Sent.whole(budgeted.handle(pool(ADMIN_KEY), deadline())));
        JsonNode clients = json(Sent.whole(budgeted.handle(pool(KEY), deadline())));

        assertThat(fields(clients)).containsExactlyInAnyOrder("object", "time", "state_store", "endpoints");
        assertThat(fields(admins)).containsExactlyInAnyOrder("object", "time", "state_store", "endpoints", "budget");
        assertThat(fields(clients.at("/endpoints/0"))).containsExactlyInAnyOrder(
                "name", "provider", "model_id", "weight", "capacity", "healthy", "state", "total_requests",
                "total_failures", "total_rate_limited", "error_rate", "consecutive_errors", "generation", "out",
                "held_until", "limits", "window", "latency_ms", "tokens", "share");
        assertThat(fields(admins.at("/endpoints/0")))
                .containsAll(fields(clients.at("/endpoints/0")))
                .contains("price", "spent_today_usd")
                .hasSize(22);
        assertThat(clients.toString()).doesNotContain("usd", "price", "million", "key");
        assertThat(clients.at("/endpoints/0/total_requests").longValue()).isEqualTo(1);
    }

    private static List<String> fields(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void clientsAreToldThatAKeyIsMissingAndNeitherItsNameNorTheCommand() throws IOException {
        keys.known("key-of-a", new ApiKeys.Missing("Put key-of-a with aws secretsmanager put-secret-value."));

        JsonNode endpoint = json(get("/v1/pool")).at("/endpoints/0");
        assertThat(endpoint.path("healthy").booleanValue()).isFalse();
        assertThat(endpoint.path("out")).isEqualTo(MAPPER.readTree("""
                {"reason": "key_missing", "means": "its API key is missing: the owner of the pool must add it",
                 "until": null}"""));

        ApiResponse refused = post(CHAT);
        assertError(refused, 503, "server_error", "provider_key_missing");
        assertThat(new String(refused.body(), StandardCharsets.UTF_8)).contains("'a'")
                .doesNotContain("key-of-a", "aws");
    }

    @Test
    void thePoolSaysWhyAnEndpointIsOutAndUntilWhen() throws IOException {
        upstream.always("a", () -> ScriptedUpstream.error(401, "invalid_request_error", "invalid_api_key"));
        post(CHAT);

        JsonNode endpoint = json(get("/v1/pool")).at("/endpoints/0");

        assertThat(endpoint.path("healthy").booleanValue()).isFalse();
        assertThat(endpoint.path("error_rate").doubleValue()).isEqualTo(1);
        assertThat(endpoint.at("/out/reason").textValue()).isEqualTo("credential");
        assertThat(endpoint.at("/out/means").textValue()).contains("API key");
        assertThat(endpoint.at("/out/until").textValue()).isEqualTo("2027-01-15T08:05:00Z");
    }

    @Test
    void thePoolSaysWhetherTheStateStoreAnswers() throws IOException {
        assertThat(json(get("/v1/pool")).path("state_store").textValue()).isEqualTo("ok");

        ScriptedStore failing = new ScriptedStore();
        failing.down = true;
        Api alone = api(pool, failing);
        assertThat(Sent.whole(alone.handle(chat(), deadline())).status()).isEqualTo(200);

        ApiRequest ask = new ApiRequest("GET", "/v1/pool", "", new Headers(authorized()), new byte[0]);
        assertThat(json(Sent.whole(alone.handle(ask, deadline()))).path("state_store").textValue())
                .isEqualTo("down since 2027-01-15T08:00:00Z: on a local share");
    }

    @Test
    void thePoolSaysHowOldItsFiguresAre() throws IOException {
        ScriptedStore failing = new ScriptedStore();
        failing.down = true;
        Api unread = api(pool, failing);
        ApiRequest ask = new ApiRequest("GET", "/v1/pool", "", new Headers(authorized()), new byte[0]);
        assertThat(json(Sent.whole(unread.handle(ask, deadline()))).path("state_store").textValue())
                .isEqualTo("does not answer: there are no figures yet");

        failing.down = false;
        assertThat(json(Sent.whole(unread.handle(ask, deadline()))).path("state_store").textValue()).isEqualTo("ok");
        time.pass(Duration.ofSeconds(20));
        failing.down = true;
        assertThat(json(Sent.whole(unread.handle(ask, deadline()))).path("state_store").textValue())
                .isEqualTo("does not answer: figures of 2027-01-15T08:00:00Z");
    }

    @Test
    void noAnswerRepeatsAKey() {
        upstream.always("a", () -> ScriptedUpstream.error(500, "server_error", "x"));
        List<ApiResponse> responses = List.of(
                post(CHAT),
                get("/v1/pool"),
                send("GET", "/v1/models", Map.of("x-api-key", "wrong-secret-key"), ""));

        assertThat(responses)
                .extracting(response -> new String(response.body(), StandardCharsets.UTF_8) + response.headers())
                .noneMatch(text -> text.contains(KEY)
                        || text.contains("wrong-secret-key")
                        || text.contains("value-of-key-of-a"));
    }

    private Api api() {
        return api(pool);
    }

    private Api api(Pool pool) {
        return api(pool, store);
    }

    private Api api(Pool pool, StateStore store) {
        Dispatcher dispatcher = new Dispatcher(pool, store, upstream, keys, time, new Random(3),
                _ -> names.add(RequestNames.current()));
        Batches batches = new Batches(
                new InMemoryBatchStore(),
                new InMemoryBatchQueue(time, new Random(3)),
                pool,
                time,
                new Random(3),
                Duration.ofDays(7));
        return new Api(pool, dispatcher, new CallerKeys(clients, admins), batches, time, new Random(3),
                AnswerLimits.NONE,
                refused::incrementAndGet);
    }

    private ApiResponse asAdmin(String path) {
        return send("GET", path, Map.of("authorization", "Bearer " + ADMIN_KEY), "");
    }

    private static ApiRequest pool(String key) {
        return new ApiRequest(
                "GET", "/v1/pool", "", new Headers(Map.of("authorization", "Bearer " + key)), new byte[0]);
    }

    private ApiResponse get(String path) {
        return send("GET", path, authorized(), "");
    }

    private ApiResponse post(String body) {
        return send("POST", "/v1/chat/completions", authorized(), body);
    }

    private ApiResponse send(String method, String path, Map<String, String> headers, String body) {
        return send(method, path, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    private ApiResponse send(String method, String path, Map<String, String> headers, byte[] body) {
        return Sent.whole(api.handle(new ApiRequest(method, path, "", new Headers(headers), body), deadline()));
    }

    private static ApiRequest chat() {
        return new ApiRequest(
                "POST",
                "/v1/chat/completions",
                "",
                new Headers(authorized()),
                CHAT.getBytes(StandardCharsets.UTF_8));
    }

    private Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(28), time);
    }

    private static Map<String, String> authorized() {
        return Map.of("Authorization", "Bearer " + KEY);
    }

    private static JsonNode json(ApiResponse response) throws IOException {
        return MAPPER.readTree(response.body());
    }

    private static void assertError(ApiResponse response, int status, String type, String code) throws IOException {
        assertThat(response.status()).isEqualTo(status);
        JsonNode error = json(response).path("error");
        assertThat(error.path("type").textValue()).isEqualTo(type);
        assertThat(error.path("code").textValue()).isEqualTo(code);
        assertThat(error.path("message").textValue()).isNotBlank();
    }

    /** No provider called, and nothing written. */
    private void assertUntouched() {
        assertThat(upstream.calls()).isEmpty();
        assertThat(store.read(List.of("a")).get("a").values()).isEmpty();
    }

    private static final class KnownKeys implements ClientKeys {

        private final Map<String, String> known;
        private final Map<String, String> fetched;
        private boolean broken;
        private int refreshes;

        KnownKeys(String name, String key) {
            known = new HashMap<>(Map.of(name, key));
            fetched = new HashMap<>(Map.of(name, key));
        }

        @Override
        public Map<String, String> current() {
            return unlessBroken(known);
        }

        @Override
        public Map<String, String> refreshed() {
            refreshes++;
            return unlessBroken(fetched);
        }

        private Map<String, String> unlessBroken(Map<String, String> keys) {
            if (broken) {
                throw new ClientKeysException("scripted", new IllegalStateException());
            }
            return keys;
        }
    }
}
