package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.api.AnswerSize;
import ailb.api.Api;
import ailb.api.ApiResponse;
import ailb.api.ClientKeys;
import ailb.batch.InMemoryBatchQueue;
import ailb.batch.InMemoryBatchStore;
import ailb.dispatch.Events;
import ailb.dispatch.FixedKeys;
import ailb.dispatch.ScriptedUpstream;
import ailb.dispatch.SteppedTime;
import ailb.dispatch.Upstream;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.protocol.Headers;
import ailb.state.InMemoryStateStore;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiHandlerTest {

    private static final long NOW_MILLIS = 1_800_000_000_000L;
    private static final String CHAT =
            "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"Grüße\"}]}";

    private final SteppedTime time = new SteppedTime(NOW_MILLIS * 1_000_000);
    private final ScriptedUpstream upstream = new ScriptedUpstream();
    private final ApiHandler handler =
            new ApiHandler(new Function(api(), time, SnapshotHooks.register(() -> {}, () -> {})));

    /** The gateway takes an answer whole. */
    @Test
    void aStreamIsCollected() {
        Events events = sink -> {
            try {
                sink.send("data: 1\n\n".getBytes(StandardCharsets.UTF_8));
                sink.send("data: é\n\n".getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
        Map<String, String> headers = Map.of("content-type", "text/event-stream");

        APIGatewayV2HTTPResponse response =
                GatewayEvents.response(new ApiResponse(200, headers, new byte[0], Optional.of(events)));

        assertThat(response.getStatusCode()).isEqualTo(200);
        assertThat(response.getHeaders()).isEqualTo(headers);
        assertThat(response.getBody()).isEqualTo("data: 1\n\ndata: é\n\n");
    }

    @Test
    void anEventIsAnswered() {
        APIGatewayV2HTTPResponse response = handler.handleRequest(chat(NOW_MILLIS), remaining(28_000));

        assertThat(response.getStatusCode()).isEqualTo(200);
        assertThat(response.getBody()).contains("Hello");
        assertThat(response.getHeaders()).containsEntry("x-lb-endpoint", "a");
        assertThat(response.getIsBase64Encoded()).isFalse();
    }

    /** Lambda takes 6,291,556 bytes of JSON, of which 65,536 are kept for what is not the body. */
    @ParameterizedTest
    @CsvSource({
        "x, 6226020",
        "é, 3113010",
        "日, 2075340",
        "😀, 518835", // as two escapes
        "'\"', 3113010", // with a backslash before it
        "\\, 3113010",
        "'\n', 3113010",
        "'\u0001', 1037670", // as a backslash, u and four digits
    })
    void anAnswerFitsWhileItsJsonDoes(String character, int most) {
        assertThat(AnswerSize.fits(character.repeat(most))).isTrue();
        assertThat(AnswerSize.fits(character.repeat(most + 1))).isFalse();
    }

    @Test
    void anAnswerThatLambdaDoesNotHandOnIs413() {
        String answer = "{\"choices\":[{\"message\":{\"content\":\"" + "x".repeat(6_300_000) + "\"}}]}";
        upstream.always("a", () -> new Upstream.Reply(200, Headers.NONE, answer.getBytes(StandardCharsets.UTF_8)));

        APIGatewayV2HTTPResponse response = handler.handleRequest(chat(NOW_MILLIS), remaining(28_000));

        assertThat(response.getStatusCode()).isEqualTo(413);
        assertThat(response.getBody()).contains("answer_too_large", "Ask for less");
    }

    /** The dispatcher has handed the stream over by then: nobody else is there to answer. */
    @Test
    void aBugWhileAStreamIsCollectedIsA500InTheCallersWords() {
        upstream.always("a", () -> new Upstream.Streaming(200, Headers.NONE, new BrokenBody()));
        APIGatewayV2HTTPEvent event = chat(NOW_MILLIS);
        event.setBody(CHAT.replace("{\"model", "{\"stream\":true,\"model"));

        APIGatewayV2HTTPResponse response = handler.handleRequest(event, remaining(28_000));

        assertThat(response.getStatusCode()).isEqualTo(500);
        assertThat(response.getBody()).contains("internal_error");
        assertThat(response.getHeaders()).containsKey("x-request-id");
    }

    @Test
    void aBodyInBase64IsDecoded() {
        APIGatewayV2HTTPEvent event = chat(NOW_MILLIS);
        event.setBody(Base64.getEncoder().encodeToString(CHAT.getBytes(StandardCharsets.UTF_8)));
        event.setIsBase64Encoded(true);

        assertThat(handler.handleRequest(event, remaining(28_000)).getStatusCode()).isEqualTo(200);
        assertThat(new String(upstream.requests().getFirst().body(), StandardCharsets.UTF_8))
                .contains("Grüße");
    }

    @Test
    void aBodyThatIsNotTheBase64ItSaysIs400() {
        APIGatewayV2HTTPEvent event = chat(NOW_MILLIS);
        event.setIsBase64Encoded(true);

        assertThat(handler.handleRequest(event, remaining(28_000)).getStatusCode()).isEqualTo(400);
    }

    @Test
    void anEventWithNothingInItIsNotFound() {
        assertThat(handler.handleRequest(new APIGatewayV2HTTPEvent(), remaining(28_000)).getStatusCode())
                .isEqualTo(404);
    }

    /** Of what is left, a second is kept back by the handler and a quarter of one by the dispatcher. */
    @ParameterizedTest
    @CsvSource({
        // function's remaining ms, age of the request in ms, time the attempt gets in ms
        "28000, 0, 26750",
        "28000, 5000, 22750",
        "10000, 5000, 8750",
        // recorded long ago: no gateway waits for it
        "28000, 3600000, 26750",
    })
    void anAttemptEndsBeforeTheFunctionAndTheGatewayDo(int remaining, long age, long attempt) {
        upstream.always("a", () -> {
            time.pass(upstream.timeouts().getLast());
            return ScriptedUpstream.failed(FailureClass.TIMEOUT);
        });

        APIGatewayV2HTTPResponse response = handler.handleRequest(chat(NOW_MILLIS - age), remaining(remaining));

        assertThat(response.getStatusCode()).isEqualTo(504);
        assertThat(upstream.timeouts()).containsExactly(Duration.ofMillis(attempt));
    }

    @Test
    void anEventThatDoesNotSayWhenItCameGoesByTheFunctionsTime() {
        assertThat(handler.handleRequest(chat(0), remaining(28_000)).getStatusCode()).isEqualTo(200);
    }

    private Api api() {
        return Wiring.api(
                Endpoints.pool(Endpoints.openAi("a", Endpoints.unlimited())),
                new InMemoryStateStore(),
                upstream,
                new FixedKeys(),
                new OneClient(),
                new InMemoryBatchStore(),
                new InMemoryBatchQueue(time, new Random(5)),
                Duration.ofDays(7),
                time,
                new Random(5),
                _ -> {});
    }

    private static APIGatewayV2HTTPEvent chat(long timeEpoch) {
        return APIGatewayV2HTTPEvent.builder()
                .withRawPath("/v1/chat/completions")
                .withHeaders(Map.of("authorization", "Bearer local"))
                .withBody(CHAT)
                .withRequestContext(APIGatewayV2HTTPEvent.RequestContext.builder()
                        .withTimeEpoch(timeEpoch)
                        .withHttp(APIGatewayV2HTTPEvent.RequestContext.Http.builder()
                                .withMethod("POST")
                                .build())
                        .build())
                .build();
    }

    private static Context remaining(int millis) {
        return new RemainingTime(millis);
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
            return new Upstream.Bytes(
                    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}\n\n"
                            .getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    private static final class OneClient implements ClientKeys {

        @Override
        public Collection<String> current() {
            return List.of("local");
        }

        @Override
        public Collection<String> refreshed() {
            return current();
        }
    }
}
