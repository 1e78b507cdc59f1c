package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.gateway.FakeGateway;
import ailb.lambda.ControlledProvider.Call;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * From a caller through gateway, Runtime API and the artifact in a process of its own to a provider that streams as a test
 * says, and back. One instance serves all of it, as one does on Lambda while no second request comes.
 */
@Timeout(180)
class StreamsEndToEndIT {

    /** Two endpoints a model, where failover is shown; no number of failures takes one out. */
    private static final String POOL = """
            {"endpoints": [%s, %s, %s, %s, %s, %s],
             "health": {"consecutive_errors": 100, "suspect_error_rate": 1, "error_rate": 1}}""";

    private static Path taskRoot;

    @RegisterExtension static final BeforeAllCallback unpacked = context -> taskRoot = TaskRoot.shared(context);

    @TempDir private static Path folder;

    private static ControlledProvider provider;
    private static DeployedStack stack;

    @RegisterExtension final TestExecutionExceptionHandler showLog = (_, failure) -> {
        failure.addSuppressed(new AssertionError("complaints: " + stack.complaints() + ", log:\n" + stack.log()));
        throw failure;
    };

    @BeforeAll
    static void start() throws Exception {
        provider = new ControlledProvider();
        stack = deploy(folder);
        stack.startInstance();
    }

    @AfterAll
    static void end() throws Exception {
        stack.close();
        provider.close();
        assertThat(stack.log()).doesNotContain(DeployedStack.CLIENT_KEY, FakeAws.OPENAI_KEY, FakeAws.ANTHROPIC_KEY);
    }

    /** A test that leaves a call behind would confuse the next. */
    @AfterEach
    void noCallIsLeft() {
        assertThat(provider.isCalled()).isFalse();
    }

    private static DeployedStack deploy(Path files) throws Exception {
        String pool = POOL.formatted(
                endpoint("openai", "openai", "chat"),
                endpoint("anthropic", "anthropic", "claude"),
                endpoint("openai-a", "openai", "chat-pair"),
                endpoint("openai-b", "openai", "chat-pair"),
                endpoint("anthropic-a", "anthropic", "claude-pair"),
                endpoint("anthropic-b", "anthropic", "claude-pair"));
        return new DeployedStack(
                taskRoot, files, pool, Map.of("openai", FakeAws.OPENAI_KEY, "anthropic", FakeAws.ANTHROPIC_KEY));
    }

    private static String endpoint(String name, String protocol, String model) {
        return """
                {"name": "%s", "provider": "%s", "base_url": "%s", "model_id": "gpt-4o-mini", "models": ["%s"],
                 "api_key": "%s", "requests_per_minute": 600}"""
                .formatted(name, protocol, provider.baseUrl(name), model, protocol);
    }

    static Stream<Arguments> callersAndEndpoints() {
        return Stream.of(Wire.values())
                .flatMap(caller -> Stream.of(Wire.values()).map(endpoint -> Arguments.of(caller, endpoint)));
    }

    private static String model(Wire endpoint) {
        return switch (endpoint) {
            case OPENAI -> "chat";
            case ANTHROPIC -> "claude";
        };
    }

    private static StreamReader stream(Wire caller, String model) {
        return ask(stack.uri(), caller, model, true);
    }

    private static StreamReader ask(URI base, Wire caller, String model, boolean streamed) {
        return StreamReader.post(
                URI.create(base + caller.path()), caller.headers(DeployedStack.CLIENT_KEY),
                caller.request(model, streamed));
    }

    @ParameterizedTest
    @MethodSource("callersAndEndpoints")
    void theCallerHasTheFirstEventBeforeTheProviderSendsItsSecond(Wire caller, Wire endpoint) throws Exception {
        StreamReader answer = stream(caller, model(endpoint));
        Call call = provider.next();
        call.begin();
        call.send(endpoint.opening("one"));
        call.send(endpoint.word("one", "First"));

        assertThat(answer.eventWith("First")).isNotEmpty();
        call.send(endpoint.word("one", "Second"));
        assertThat(answer.eventWith("Second")).isNotEmpty();
        call.send(endpoint.closing("one"));
        call.end();
        assertThat(answer.rest()).endsWith(caller.lastEvent());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).contains("text/event-stream");
        assertThat(answer.header("x-lb-attempts")).contains("1");
    }

    /** What a provider says before its first content is no beginning of an answer. */
    @ParameterizedTest
    @MethodSource("callersAndEndpoints")
    void aProviderThatDiesBeforeContentIsReplacedAndNothingOfItIsSeen(Wire caller, Wire endpoint) throws Exception {
        StreamReader answer = stream(caller, model(endpoint) + "-pair");
        Call first = provider.next();
        first.begin();
        first.send(endpoint.opening("dead"));
        first.die();
        Call second = provider.next();
        second.begin();
        second.send(endpoint.stream("alive", "Fine"));
        second.end();

        assertThat(answer.rest()).contains("Fine").doesNotContain("dead", "error").endsWith(caller.lastEvent());
        assertThat(second.endpoint()).isNotEqualTo(first.endpoint());
        assertThat(answer.header("x-lb-endpoint")).contains(second.endpoint());
        assertThat(answer.header("x-lb-attempts")).contains("2");
    }

    @ParameterizedTest
    @MethodSource("callersAndEndpoints")
    void aProviderThatDiesAfterContentEndsTheStreamWithAnErrorInTheCallersWords(Wire caller, Wire endpoint)
            throws Exception {
        StreamReader answer = stream(caller, model(endpoint) + "-pair");
        Call call = provider.next();
        call.begin();
        call.send(endpoint.opening("one") + endpoint.word("one", "Half"));
        answer.eventWith("Half");
        call.die();

        assertThat(answer.eventWith("error")).startsWith(caller.error());
        assertThat(answer.rest()).doesNotContain(caller.lastEvent());
    }

    /** The head goes out after 10 s of silence, and the request can still go elsewhere. */
    @Test
    void lifeIsSeenWhileAProviderIsSilentAndAnotherAnswersBehindIt() throws Exception {
        StreamReader answer = stream(Wire.ANTHROPIC, "claude-pair");
        Call silent = provider.next();
        silent.begin();
        silent.send(Wire.ANTHROPIC.opening("dead"));

        assertThat(answer.event()).isEqualTo("event: ping\ndata: {\"type\":\"ping\"}\n\n");
        assertThat(answer.header("x-lb-endpoint")).isEmpty();
        silent.die();
        Call second = provider.next();
        second.begin();
        second.send(Wire.ANTHROPIC.stream("alive", "Fine"));
        second.end();
        assertThat(answer.rest()).contains("Fine").doesNotContain("dead").endsWith(Wire.ANTHROPIC.lastEvent());
    }

    @ParameterizedTest
    @MethodSource("callersAndEndpoints")
    void aCallerWhoHangsUpEndsTheCallAndTheInstanceServesTheNext(Wire caller, Wire endpoint) throws Exception {
        StreamReader answer = stream(caller, model(endpoint));
        Call call = provider.next();
        call.begin();
        call.send(endpoint.opening("one") + endpoint.word("one", "First"));
        answer.eventWith("First");
        answer.hangUp();
        call.sendUntilClosed(endpoint.word("one", "more"));

        StreamReader next = stream(caller, model(endpoint));
        Call served = provider.next();
        served.begin();
        served.send(endpoint.stream("two", "Fine"));
        served.end();
        assertThat(next.rest()).contains("Fine").endsWith(caller.lastEvent());
    }

    @ParameterizedTest
    @EnumSource
    void aWholeAnswerIsWhole(Wire caller) throws Exception {
        StreamReader answer = ask(stack.uri(), caller, "chat", false);
        provider.next().answer(200, COMPLETION);

        assertThat(answer.rest()).contains("It shares work.");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).contains("application/json");
        assertThat(answer.header("x-lb-endpoint")).contains("openai");
    }

    private static final String COMPLETION = """
            {"id":"chatcmpl-1","object":"chat.completion","created":1780309800,"model":"gpt-4o-mini-2024-07-18",
             "choices":[{"index":0,"message":{"role":"assistant","content":"It shares work."},"finish_reason":"stop"}],
             "usage":{"prompt_tokens":24,"completion_tokens":8,"total_tokens":32}}""";

    @ParameterizedTest
    @CsvSource({"OPENAI, false", "OPENAI, true", "ANTHROPIC, false", "ANTHROPIC, true"})
    void refusalsComeInTheCallersWords(Wire caller, boolean streamed) throws Exception {
        StreamReader stranger = StreamReader.post(
                address(caller), caller.headers("wrong"), caller.request("chat", streamed));
        StreamReader unknownModel = ask(stack.uri(), caller, "nothing", streamed);
        StreamReader malformed =
                StreamReader.post(address(caller), caller.headers(DeployedStack.CLIENT_KEY), "{\"model\":");

        assertThat(errorOf(stranger, 401)).isEqualTo(
                caller == Wire.OPENAI ? "invalid_api_key" : "authentication_error");
        assertThat(errorOf(unknownModel, 404)).isEqualTo(
                caller == Wire.OPENAI ? "model_not_found" : "not_found_error");
        assertThat(errorOf(malformed, 400)).isEqualTo(caller == Wire.OPENAI ? "null" : "invalid_request_error");
    }

    private static URI address(Wire caller) {
        return URI.create(stack.uri() + caller.path());
    }

    private static String errorOf(StreamReader answer, int status) throws Exception {
        String json = answer.rest();
        assertThat(answer.status()).as(json).isEqualTo(status);
        var error = new JsonMapper().readTree(json).path("error");
        assertThat(error.path("message").isTextual()).as(json).isTrue();
        return error.has("code") ? error.path("code").asText() : error.path("type").asText();
    }

    /** The event has it with all around it: Lambda takes 6 MB, and the gateway refuses more in words of its own. */
    @ParameterizedTest
    @EnumSource
    void aBodyOverSixMegabytesIsRefused(Wire caller) throws Exception {
        String large = caller.request("chat", true).replace("What does", "x".repeat(6 << 20));
        StreamReader answer =
                StreamReader.post(address(caller), caller.headers(DeployedStack.CLIENT_KEY), large);

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.rest()).isEqualTo("{\"message\":\"Request Too Long\"}");
    }

    @Test
    void healthIsSeenWithTheStageInTheUrl() throws Exception {
        StreamReader health = StreamReader.get(URI.create(stack.uri() + "/health"), Map.of());
        StreamReader withoutStage = StreamReader.get(stack.root().resolve("/health"), Map.of());

        assertThat(health.rest()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(withoutStage.status()).as("the gateway knows no such stage").isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({"/v1", "''"})
    void behindADomainOfOnesOwnPathsAreKnownWithAndWithoutVersion(String version) throws Exception {
        URI base = URI.create(stack.customDomain() + version);
        StreamReader health = StreamReader.get(URI.create(base + "/health"), Map.of());
        assertThat(health.rest()).isEqualTo("{\"status\":\"ok\"}");

        StreamReader answer = ask(base, Wire.OPENAI, "chat", true);
        Call call = provider.next();
        call.begin();
        call.send(Wire.OPENAI.stream("one", "Fine"));
        call.end();
        assertThat(answer.rest()).contains("Fine").endsWith(Wire.OPENAI.lastEvent());
    }

    @Test
    void anInstanceRestoredFromASnapshotStreams(@TempDir Path files) throws Exception {
        try (DeployedStack restored = deploy(files)) {
            restored.restoreInstance();
            StreamReader answer = ask(restored.uri(), Wire.OPENAI, "chat", true);
            Call call = provider.next();
            call.begin();
            call.send(Wire.OPENAI.opening("one") + Wire.OPENAI.word("one", "First"));
            answer.eventWith("First");
            call.send(Wire.OPENAI.closing("one"));
            call.end();

            assertThat(answer.rest()).endsWith(Wire.OPENAI.lastEvent());
        }
    }

    /** The parameter LiveStreaming takes the variable away that starts the script, and Lambda's own runtime serves. */
    @Test
    void withoutLiveStreamingTheCallerGetsTheSameBytes() throws Exception {
        LambdaInstance stock = stack.startUnderStockRuntime();
        try (FakeGateway buffered = FakeGateway.start(
                (event, answer) -> answer.write(whole(stock, event).getBytes(StandardCharsets.UTF_8)))) {
            for (boolean streamed : List.of(true, false)) {
                for (Wire endpoint : Wire.values()) {
                    String reply = streamed ? endpoint.stream("one", "First", "Second") : COMPLETION;
                    if (streamed || endpoint == Wire.OPENAI) {
                        assertThat(answer(buffered.uri(), endpoint, streamed, reply))
                                .isEqualTo(answer(stack.uri(), endpoint, streamed, reply));
                    }
                }
            }
        } finally {
            stock.kill();
        }
    }

    private static String whole(LambdaInstance stock, String event) {
        try {
            return stock.text(event);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Status, what the function says of the answer in headers, and body. */
    private static List<Object> answer(URI base, Wire wire, boolean streamed, String reply) throws Exception {
        StreamReader answer = ask(base, wire, model(wire), streamed);
        Call call = provider.next();
        if (streamed) {
            call.begin();
            call.send(reply);
            call.end();
        } else {
            call.answer(200, reply);
        }
        String body = answer.rest();
        return List.of(
                answer.status(), answer.header("content-type"), answer.header("x-lb-endpoint"),
                answer.header("x-lb-attempts"), body);
    }
}
