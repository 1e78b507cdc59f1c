package ailb.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.batch.Batches;
import ailb.batch.InMemoryBatchQueue;
import ailb.batch.InMemoryBatchStore;
import ailb.dispatch.Dispatcher;
import ailb.dispatch.FixedKeys;
import ailb.dispatch.ScriptedUpstream;
import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.Operation;
import ailb.pool.Pool;
import ailb.port.Deadline;
import ailb.port.SteppedTime;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.RequestKind;
import ailb.state.InMemoryStateStore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the caller of a stream is told, in its own protocol, before and after the head has gone out. */
class StreamedAnswerTest {

    private final SteppedTime time = new SteppedTime(1_795_000_020_000_000_000L);
    private final ScriptedUpstream upstream = new ScriptedUpstream();

    @ParameterizedTest
    @EnumSource(names = {"CHAT_COMPLETIONS", "MESSAGES", "RESPONSES"})
    void anErrorBeforeTheHeadHasItsStatus(RequestKind kind) throws IOException {
        upstream.always("a", () -> ScriptedUpstream.failed(FailureClass.TRANSPORT));

        ApiResponse answer = ask(kind);

        assertThat(answer.status()).isEqualTo(kind == RequestKind.MESSAGES ? 529 : 503);
        assertThat(answer.headers()).containsEntry("content-type", "application/json").containsKey("x-request-id");
        assertThat(json(text(answer)).at("/error/message").asText()).contains("No endpoint for this model is healthy");
    }

    /** The head promised a stream: the error is its only event, after the heartbeats. */
    @ParameterizedTest
    @EnumSource(names = {"CHAT_COMPLETIONS", "MESSAGES", "RESPONSES"})
    void anErrorAfterTheHeadIsAnEvent(RequestKind kind) throws IOException {
        upstream.always("a", () -> {
            time.pass(Duration.ofSeconds(12));
            return ScriptedUpstream.failed(FailureClass.TRANSPORT);
        });

        ApiResponse answer = ask(kind);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).containsEntry("content-type", "text/event-stream")
                .containsKey("x-request-id")
                .doesNotContainKeys("x-lb-endpoint", "x-lb-attempts");
        String heartbeat = switch (kind) {
            case MESSAGES -> "event: ping\ndata: {\"type\":\"ping\"}\n\n";
            default -> ": keep-alive\n";
        };
        assertThat(text(answer)).startsWith(heartbeat);
        String event = text(answer).replace(heartbeat, "");
        JsonNode error = json(event.substring(event.indexOf("data: ") + 6));
        switch (kind) {
            case CHAT_COMPLETIONS -> {
                assertThat(event).startsWith("data: ");
                assertThat(error.at("/error/message").asText()).contains("No endpoint for this model is healthy");
                assertThat(error.at("/error/code").asText()).isEqualTo("no_healthy_endpoint");
            }
            case MESSAGES -> {
                assertThat(event).startsWith("event: error\n");
                assertThat(error.path("type").asText()).isEqualTo("error");
                assertThat(error.at("/error/type").asText()).isEqualTo("overloaded_error");
            }
            default -> {
                assertThat(event).startsWith("event: error\n");
                assertThat(error.path("code").asText()).isEqualTo("no_healthy_endpoint");
                assertThat(error.path("message").asText()).contains("No endpoint for this model is healthy");
            }
        }
        assertThat(event).endsWith("\n\n");
    }

    /** They are the caller's to see, whatever the form. */
    @ParameterizedTest
    @EnumSource(names = {"CHAT_COMPLETIONS", "MESSAGES", "RESPONSES"})
    void theWordsOfAProviderThatRefusesAreToldAsAnEventToo(RequestKind kind) throws IOException {
        upstream.always("a", () -> {
            time.pass(Duration.ofSeconds(12));
            return ScriptedUpstream.error(400, "invalid_request_error", "bad_value");
        });

        ApiResponse answer = ask(kind);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(text(answer)).contains("scripted");
        if (kind != RequestKind.MESSAGES) {
            assertThat(text(answer)).contains("bad_value");
        }
        assertThat(text(answer)).contains(kind == RequestKind.CHAT_COMPLETIONS ? "data: {\"error\"" : "event: error\n");
    }

    @Test
    void theRefusalOfAProviderBeforeTheHeadPassesWithItsStatus() throws IOException {
        upstream.always("a", () -> ScriptedUpstream.error(400, "invalid_request_error", "bad_value"));

        ApiResponse answer = ask(RequestKind.CHAT_COMPLETIONS);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(json(text(answer)).at("/error/code").asText()).isEqualTo("bad_value");
        assertThat(answer.headers()).containsEntry("x-lb-endpoint", "a");
    }

    /** Where nobody listens any more nothing is sent, and nothing thrown. */
    @Test
    void aCallerWhoIsGoneHearsOfNoError() throws InterruptedException {
        upstream.always("a", () -> {
            time.pass(Duration.ofSeconds(12));
            return ScriptedUpstream.failed(FailureClass.TRANSPORT);
        });
        List<Integer> heads = new ArrayList<>();
        ApiStream stream = (ApiStream) api().handle(request(RequestKind.CHAT_COMPLETIONS), deadline());

        stream.sendTo(new ApiStream.Connection() {
            @Override
            public void send(ApiResponse response) throws IOException {
                throw new AssertionError("a whole answer");
            }

            @Override
            public void begin(int status, Map<String, String> headers) throws IOException {
                heads.add(status);
                throw new IOException("gone");
            }

            @Override
            public void send(byte[] part) throws IOException {
                throw new AssertionError("nobody is there");
            }
        });

        assertThat(heads).containsExactly(200);
    }

    private ApiResponse ask(RequestKind kind) {
        return Sent.whole(api().handle(request(kind), deadline()));
    }

    private Deadline deadline() {
        return Deadline.in(Duration.ofMinutes(10), time);
    }

    private static ApiRequest request(RequestKind kind) {
        String body = "{\"model\":\"chat\",\"stream\":true," + (kind == RequestKind.RESPONSES
                ? "\"input\":\"Hi\"}"
                : "\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
        return new ApiRequest(
                "POST", kind.path(), "", new Headers(Map.of("authorization", "Bearer key")), body.getBytes(UTF_8));
    }

    private Api api() {
        Endpoint endpoint = Endpoints.serving(
                Endpoints.openAi("a", Endpoints.unlimited()), Operation.CHAT, Operation.RESPONSES);
        Pool pool = Endpoints.pool(endpoint);
        Dispatcher dispatcher = new Dispatcher(
                pool, new InMemoryStateStore(), upstream, new FixedKeys(), time, new Random(3), _ -> {});
        Batches batches = new Batches(
                new InMemoryBatchStore(), new InMemoryBatchQueue(time, new Random(3)), pool, time, new Random(3),
                Duration.ofDays(7));
        return new Api(pool, dispatcher,
                new CallerKeys(new FixedClientKeys(Map.of("default", "key")), FixedClientKeys.NONE), batches, time,
                new Random(3), AnswerLimits.NONE, () -> {});
    }

    private static String text(ApiResponse answer) {
        return new String(answer.body(), UTF_8);
    }

    private static JsonNode json(String text) throws IOException {
        return new JsonMapper().readTree(text);
    }
}
