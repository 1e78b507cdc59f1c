package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.api.AnswerLimits;
import ailb.api.Api;
import ailb.api.ApiRequest;
import ailb.api.CallerKeys;
import ailb.api.FixedClientKeys;
import ailb.batch.InMemoryBatchQueue;
import ailb.batch.InMemoryBatchStore;
import ailb.dispatch.FixedKeys;
import ailb.dispatch.ScriptedUpstream;
import ailb.gateway.FunctionAnswer;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.port.SteppedTime;
import ailb.port.Upstream;
import ailb.protocol.wire.Headers;
import ailb.state.InMemoryStateStore;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiHandlerTest {

    private static final long NOW_MILLIS = 1_800_000_000_000L;
    private static final int MOST = 1_000_000;
    private static final String CHAT =
            "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"Grüße\"}]}";

    private final SteppedTime time = new SteppedTime(NOW_MILLIS * 1_000_000);
    private final ScriptedUpstream upstream = new ScriptedUpstream();
    private final Api api = api();

    @Test
    void anEventIsAnswered() throws IOException {
        FunctionAnswer answer = handle(chat(NOW_MILLIS));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).contains("Hello");
        assertThat(answer.headers()).containsEntry("x-lb-endpoint", "a").containsKey("x-request-id");
    }

    /** Whoever reads the output sees each of them when it is there. */
    @Test
    void eachEventOfAStreamIsFlushed() throws IOException {
        upstream.always("a", () -> streaming("data: 1", "data: 2"));
        List<String> flushed = new ArrayList<>();
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            @Override
            public void flush() {
                flushed.add(toString(StandardCharsets.UTF_8));
            }
        };

        handler(0).handleRequest(input(stream()), out, remaining(900_000));

        assertThat(flushed).hasSize(4);
        assertThat(flushed.get(0)).startsWith("{\"statusCode\":200").endsWith("\0\0\0\0\0\0\0\0");
        assertThat(flushed.get(1)).endsWith(chunk("data: 1"));
        assertThat(flushed.get(2)).endsWith(chunk("data: 2"));
        assertThat(FunctionAnswer.read(out.toByteArray()).headers())
                .containsEntry("content-type", "text/event-stream")
                .containsEntry("x-lb-endpoint", "a")
                .containsKey("x-request-id");
        assertThat(FunctionAnswer.read(out.toByteArray()).text()).endsWith("data: [DONE]\n\n");
    }

    /** A comment, which clients of both protocols leave out. */
    @Test
    void aStreamMayBeginWithPadding() throws IOException {
        upstream.always("a", () -> streaming("data: 1"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        handler(20_000).handleRequest(input(stream()), out, remaining(900_000));

        String body = FunctionAnswer.read(out.toByteArray()).text();
        assertThat(body.indexOf('\n')).isEqualTo(19_999);
        assertThat(body).startsWith(": ");
        assertThat(body.substring(20_000)).startsWith(chunk("data: 1"));
    }

    @Test
    void onlyStreamsArePadded() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        handler(20_000).handleRequest(input(chat(NOW_MILLIS)), out, remaining(900_000));

        assertThat(FunctionAnswer.read(out.toByteArray()).text()).startsWith("{");
    }

    /** A write that fails is all that Lambda tells of it. */
    @Test
    void aCallerWhoHangsUpEndsTheCall() throws IOException {
        AtomicBoolean closed = new AtomicBoolean();
        upstream.always("a", () -> new Upstream.Streaming(200, Headers.NONE, new Endless(closed)));
        OutputStream gone = new OutputStream() {
            private int left = 20_000;

            @Override
            public void write(int character) throws IOException {
                if (--left < 0) {
                    throw new IOException("gone");
                }
            }
        };

        handler(0).handleRequest(input(stream()), gone, remaining(900_000));

        assertThat(closed).isTrue();
    }

    /** 6 MB whole and 200 MB as a stream, less some for the head; the gateway waits 5 minutes for a byte. */
    @Test
    void theLargestAnswerGoesByTheRuntimeInUse() {
        assertThat(ApiFunction.answerLimits(false).bytes()).isBetween(6_200_000L, 6L * 1024 * 1024 - 16 * 1024);
        assertThat(ApiFunction.answerLimits(true).bytes()).isBetween(209_000_000L, 200L * 1024 * 1024 - 16 * 1024);
        assertThat(ApiFunction.answerLimits(true).silence()).isLessThan(Duration.ofMinutes(5));
    }

    /** The property is what the runtime sets before it loads the handler. */
    @Test
    void theRuntimeSaysThatItStreams() {
        assertThat(ApiFunction.STREAMS).isEqualTo(ailb.runtime.StreamingRuntime.STREAMS);
    }

    @Test
    void anAnswerThatLambdaDoesNotHandOnIs413() throws IOException {
        upstream.always("a", () -> answer("x".repeat(MOST)));

        FunctionAnswer answer = handle(chat(NOW_MILLIS));

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.text()).contains("answer_too_large", "larger than " + MOST + " bytes", "Ask for less");
    }

    @Test
    void aStreamThatLambdaDoesNotHandOnEndsWithAnError() throws IOException {
        AtomicBoolean closed = new AtomicBoolean();
        upstream.always("a", () -> new Upstream.Streaming(200, Headers.NONE, new Endless(closed)));

        FunctionAnswer answer = handle(stream());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().length).isBetween(MOST - 1000, MOST + 1000);
        assertThat(answer.text().substring(answer.text().length() - 1000))
                .contains("data: {\"error\":", "answer_too_large")
                .endsWith("}\n\n");
        assertThat(closed).isTrue();
    }

    /** Some of it is with the caller by then. */
    @Test
    void aBugWithinAStreamIsAnErrorEventInTheCallersWords() throws IOException {
        upstream.always("a", () -> new Upstream.Streaming(200, Headers.NONE, new BrokenBody()));

        FunctionAnswer answer = handle(stream());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).containsKey("x-request-id");
        assertThat(answer.text()).startsWith(chunk("Hello")).contains("data: {\"error\":", "internal_error");
    }

    @Test
    void anErrorHasItsStatusWhereNothingOfAStreamWasSent() throws IOException {
        FunctionAnswer answer = handle(stream().withHeaders(Map.of("authorization", "Bearer wrong")));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.headers()).containsEntry("content-type", "application/json");
        assertThat(answer.text()).startsWith("{\"error\":");
    }

    @Test
    void aBodyInBase64IsDecoded() throws IOException {
        APIGatewayProxyRequestEvent event = chat(NOW_MILLIS)
                .withBody(Base64.getEncoder().encodeToString(CHAT.getBytes(StandardCharsets.UTF_8)))
                .withIsBase64Encoded(true);

        assertThat(handle(event).status()).isEqualTo(200);
        assertThat(new String(upstream.requests().getFirst().body(), StandardCharsets.UTF_8)).contains("Grüße");
    }

    /** A part of a file may end anywhere. */
    @Test
    void bytesArriveAsTheyWereSentWhereverTheyAreCut() {
        byte[] half = Arrays.copyOf("Grü".getBytes(StandardCharsets.UTF_8), 3);
        APIGatewayProxyRequestEvent event = chat(NOW_MILLIS)
                .withBody(Base64.getEncoder().encodeToString(half))
                .withIsBase64Encoded(true);

        assertThat(GatewayEvents.request(event).orElseThrow().body()).isEqualTo(half);
    }

    @Test
    void aBodyThatIsNotTheBase64ItSaysIs400() throws IOException {
        FunctionAnswer answer = handle(chat(NOW_MILLIS).withIsBase64Encoded(true));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).contains("base64");
    }

    /** Scheduled events keep the function awake; others are nobody's. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}", "null", "[]", "7", "\"x\"", "", "{", "{\"httpMethod\":[]}", "{\"httpMethod\":null}",
                "{\"httpMethod\":\"GET\",\"headers\":7}", "{\"source\":\"aws.events\",\"detail\":{}}",
            })
    void whatIsNoEventOfTheGatewayGetsAQuickAnswer(String event) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        handler(0).handleRequest(
                new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), out, remaining(900_000));

        assertThat(FunctionAnswer.read(out.toByteArray()).status()).isEqualTo(200);
        assertThat(FunctionAnswer.read(out.toByteArray()).text()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void anEventWithNothingButAMethodIsNotFound() throws IOException {
        assertThat(handle(new APIGatewayProxyRequestEvent().withHttpMethod("GET")).status()).isEqualTo(404);
    }

    /** The stage is no part of the path, and a custom domain may be mapped to any of it. */
    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions,", "/chat/completions,", "/chat/completions, chat/completions",
        "/v1/chat/completions, v1/chat/completions", "/ai/chat/completions, chat/completions",
    })
    void aRouteIsKnownWithAndWithoutItsVersion(String path, @Nullable String proxy) throws IOException {
        APIGatewayProxyRequestEvent event = chat(NOW_MILLIS).withPath(path);
        if (proxy != null) {
            event.setPathParameters(Map.of("proxy", proxy));
        }

        assertThat(handle(event).status()).isEqualTo(200);
    }

    @Test
    void headersAndQueriesThatComeSeveralTimesAreAllThere() {
        APIGatewayProxyRequestEvent event = chat(NOW_MILLIS)
                .withMultiValueHeaders(Map.of("Anthropic-Beta", List.of("one", "two")))
                .withMultiValueQueryStringParameters(Map.of("after", List.of("a b&c", "d")));

        ApiRequest request = GatewayEvents.request(event).orElseThrow();

        assertThat(request.headers().get("anthropic-beta")).contains("one,two");
        assertThat(request.query()).isEqualTo("after=a+b%26c&after=d");
    }

    @Test
    void aQueryThatComesOnceIsThereToo() {
        APIGatewayProxyRequestEvent event =
                chat(NOW_MILLIS).withQueryStringParameters(Map.of("limit", "1000"));

        assertThat(GatewayEvents.request(event).orElseThrow().query()).isEqualTo("limit=1000");
    }

    /** Of what is left, a second is kept back by the handler and a quarter of one by the dispatcher. */
    @ParameterizedTest
    @CsvSource({
        // function's remaining ms, age of the request in ms, time the attempt gets in ms
        "900000, 0, 289750", // whole answers must come before the gateway's 5 minutes of silence
        "900000, 400000, 198750", // 600 s from when it was sent
        "28000, 0, 26750",
        "10000, 5000, 8750",
        // recorded long ago: no gateway waits for it
        "28000, 3600000, 26750",
    })
    void anAttemptEndsBeforeTheFunctionAndTheGatewayDo(int remaining, long age, long attempt) throws IOException {
        hangUntilTheEnd();

        FunctionAnswer answer = handle(chat(NOW_MILLIS - age), remaining);

        assertThat(answer.status()).isEqualTo(504);
        assertThat(upstream.timeouts()).containsExactly(Duration.ofMillis(attempt));
    }

    @Test
    void aStreamHasTheMinutesThatTheStackGivesIt() throws IOException {
        hangUntilTheEnd();

        handle(stream(), 900_000);

        assertThat(upstream.timeouts()).containsExactly(Duration.ofMillis(598_750));
    }

    @Test
    void whoWaitedForAWholeAnswerIsToldThatAStreamMayTakeLonger() throws IOException {
        hangUntilTheEnd();

        assertThat(handle(chat(NOW_MILLIS), 900_000).text()).contains("within 290 s", "\\\"stream\\\": true");
        assertThat(handle(chat(NOW_MILLIS), 28_000).text()).doesNotContain("290 s");
    }

    private void hangUntilTheEnd() {
        upstream.always("a", () -> {
            time.pass(upstream.timeouts().getLast());
            return ScriptedUpstream.failed(FailureClass.TIMEOUT);
        });
    }

    @Test
    void anEventThatDoesNotSayWhenItCameGoesByTheFunctionsTime() throws IOException {
        assertThat(handle(chat(0)).status()).isEqualTo(200);
    }

    private ApiHandler handler(int padding) {
        SnapshotHooks hooks = SnapshotHooks.register(() -> {}, () -> {});
        return new ApiHandler(new ApiFunction(api, time, Duration.ofMinutes(10), padding, hooks));
    }

    private FunctionAnswer handle(APIGatewayProxyRequestEvent event) throws IOException {
        return handle(event, 900_000);
    }

    private FunctionAnswer handle(APIGatewayProxyRequestEvent event, int remaining) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        handler(0).handleRequest(input(event), out, remaining(remaining));
        return FunctionAnswer.read(out.toByteArray());
    }

    private static InputStream input(APIGatewayProxyRequestEvent event) throws IOException {
        return new ByteArrayInputStream(new JsonMapper().writeValueAsBytes(event));
    }

    private Api api() {
        return Wiring.api(
                Endpoints.pool(Endpoints.openAi("a", Endpoints.unlimited())),
                new InMemoryStateStore(),
                upstream,
                new FixedKeys(),
                new CallerKeys(new FixedClientKeys(Map.of("default", "local")), FixedClientKeys.NONE),
                new InMemoryBatchStore(),
                new InMemoryBatchQueue(time, new Random(5)),
                Duration.ofDays(7),
                time,
                new Random(5),
                new Random(6),
                new AnswerLimits(MOST, Duration.ofSeconds(290)),
                () -> {},
                _ -> {});
    }

    private static APIGatewayProxyRequestEvent chat(long requestTimeEpoch) {
        return new APIGatewayProxyRequestEvent()
                .withHttpMethod("POST")
                .withPath("/chat/completions")
                .withHeaders(Map.of("authorization", "Bearer local"))
                .withBody(CHAT)
                .withRequestContext(new APIGatewayProxyRequestEvent.ProxyRequestContext()
                        .withRequestTimeEpoch(requestTimeEpoch));
    }

    private static APIGatewayProxyRequestEvent stream() {
        return chat(NOW_MILLIS).withBody(CHAT.replace("{\"model", "{\"stream\":true,\"model"));
    }

    private static Context remaining(int millis) {
        return new RemainingTime(millis);
    }

    private static Upstream.Result answer(String text) {
        String json = "{\"choices\":[{\"message\":{\"content\":\"" + text + "\"}}]}";
        return new Upstream.Reply(200, Headers.NONE, json.getBytes(StandardCharsets.UTF_8));
    }

    private static String chunk(String text) {
        return "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}\n\n";
    }

    private static Upstream.Result streaming(String... texts) {
        Queue<String> events = new ArrayDeque<>();
        for (String text : texts) {
            events.add(chunk(text));
        }
        events.add("data: [DONE]\n\n");
        return new Upstream.Streaming(200, Headers.NONE, new Upstream.Body() {
            @Override
            public Upstream.Piece next(Duration timeout) {
                String event = events.poll();
                return event == null
                        ? new Upstream.End()
                        : new Upstream.Bytes(event.getBytes(StandardCharsets.UTF_8));
            }

            @Override
            public void close() {
                // holds nothing
            }
        });
    }

    /** The same event again and again. */
    private record Endless(AtomicBoolean closed) implements Upstream.Body {

        @Override
        public Upstream.Piece next(Duration timeout) {
            return new Upstream.Bytes(chunk("x".repeat(800)).getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void close() {
            closed.set(true);
        }
    }

    /** One event, and a bug after it. */
    private static final class BrokenBody implements Upstream.Body {

        private boolean begun;

        @Override
        public Upstream.Piece next(Duration timeout) {
            if (begun) {
                throw new IllegalStateException("a bug");
            }
            begun = true;
            return new Upstream.Bytes(chunk("Hello").getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
