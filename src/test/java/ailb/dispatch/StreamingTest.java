package ailb.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.Pool;
import ailb.protocol.ChatRequest;
import ailb.protocol.Headers;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.protocol.ProviderRequest;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import ailb.state.InMemoryStateStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Answers that come as events: until the first one another endpoint can still be asked. */
class StreamingTest {

    private static final String HELLO = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n";
    private static final String STOP = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private static final String USAGE =
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\n";
    private static final String DONE = "data: [DONE]\n\n";

    private final SteppedTime time = new SteppedTime(1_795_000_020_000_000_000L);
    private final InMemoryStateStore store = new InMemoryStateStore();
    private final Random random = new Random(1);
    private final List<DispatchEvent> told = new ArrayList<>();
    private final Map<String, ScriptedBody> bodies = new HashMap<>();
    private final ByteArrayOutputStream caller = new ByteArrayOutputStream();

    /** Pieces, each after a second; then nothing any more. */
    private final class ScriptedBody implements Upstream.Body {

        private final Queue<Upstream.Piece> pieces = new ArrayDeque<>();
        private boolean closed;

        ScriptedBody(Object... script) {
            for (Object each : script) {
                pieces.add(each instanceof Upstream.Piece piece ? piece
                        : new Upstream.Bytes(each.toString().getBytes(UTF_8)));
            }
        }

        @Override
        public Upstream.Piece next(Duration timeout) {
            Upstream.Piece piece = pieces.poll();
            if (piece == null || timeout.compareTo(Duration.ofSeconds(1)) < 0) {
                time.pass(timeout);
                return new Upstream.Lost(FailureClass.TIMEOUT, "nothing came");
            }
            time.pass(Duration.ofSeconds(1));
            return piece;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private final class Streams implements Upstream {

        @Override
        public Result call(ProviderRequest request, Duration timeout) {
            throw new AssertionError("not asked for a stream");
        }

        @Override
        public Result open(ProviderRequest request, Duration timeout) {
            String host = request.uri().getHost();
            String endpoint = host.substring(0, host.indexOf('.'));
            if (endpoint.equals("whole")) {
                return ScriptedUpstream.answer();
            }
            ScriptedBody body = bodies.get(endpoint);
            return body == null
                    ? ScriptedUpstream.error(500, "server_error", "x")
                    : new Streaming(200, Headers.NONE, body);
        }
    }

    @Test
    void eventsAreHandedOnAndTheirUsageIsCounted() throws Exception {
        stream("a", HELLO, STOP + USAGE, DONE);

        send(dispatch("a"));

        assertThat(caller.toString(UTF_8)).isEqualTo(HELLO + STOP + DONE);
        assertThat(state("a").get(Attribute.TOTAL_OUTPUT_TOKENS)).isEqualTo(2);
        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isZero();
        assertThat(bodies.get("a").closed).isTrue();
    }

    @Test
    void anEndpointThatFailsBeforeItsFirstEventIsLeftForAnother() throws Exception {
        for (int request = 0; request < 10; request++) {
            stream("b", "data: {\"error\":{\"message\":\"x\",\"type\":\"server_error\"}}\n\n");
            stream("c", HELLO, STOP, DONE);
            caller.reset();
            send(dispatch("a", "b", "c"));
            assertThat(caller.toString(UTF_8)).isEqualTo(HELLO + STOP + DONE);
        }

        assertThat(told).filteredOn(DispatchEvent.Failed.class::isInstance).isNotEmpty();
    }

    @Test
    void oneThatBreaksOffLaterEndsWithAnErrorEventAndCountsAsAFault() throws Exception {
        stream("a", HELLO, new Upstream.End());

        send(dispatch("a", "b"));

        assertThat(caller.toString(UTF_8)).startsWith(HELLO + "data: {\"error\":{")
                .endsWith("}\n\n")
                .contains("\"type\":\"server_error\"");
        assertThat(state("a").get(Attribute.CONSECUTIVE_FAILURES)).isEqualTo(1);
    }

    @Test
    void oneThatStallsIsGivenUpAfterAMinute() throws Exception {
        stream("a", HELLO);
        long start = time.now();

        send(dispatch(Duration.ofMinutes(5), "a"));

        assertThat(caller.toString(UTF_8)).contains("data: {\"error\":{");
        assertThat(time.now() - start).isEqualTo(Duration.ofSeconds(61).toNanos());
        assertThat(told).anyMatch(event -> event instanceof DispatchEvent.Failed failed
                && failed.failure() == FailureClass.TIMEOUT);
    }

    @Test
    void oneThatAnswersWholeIsLeftForAnother() throws Exception {
        for (int request = 0; request < 10; request++) {
            stream("a", HELLO, STOP, DONE);
            caller.reset();
            send(dispatch("a", "whole"));
            assertThat(caller.toString(UTF_8)).isEqualTo(HELLO + STOP + DONE);
        }

        assertThat(told).anyMatch(event -> event instanceof DispatchEvent.Failed failed
                && failed.endpoint().equals("whole")
                && failed.failure() == FailureClass.TRANSPORT);
    }

    /** 28 s, of which a quarter of a second is kept back. */
    @Test
    void oneThatGoesOnIsEndedInTimeForTheCallerToHearOfIt() throws Exception {
        stream("a", (Object[]) Collections.nCopies(40, HELLO).toArray(String[]::new));
        long start = time.now();

        send(dispatch("a"));

        assertThat(caller.toString(UTF_8)).startsWith(HELLO.repeat(27) + "data: {\"error\":{");
        assertThat(time.now() - start).isEqualTo(Duration.ofMillis(27_750).toNanos());
    }

    @Test
    void aCallerWhoHangsUpEndsTheCallAndItIsNoFaultOfTheEndpoint() throws Exception {
        stream("a", HELLO, HELLO, HELLO, HELLO);
        Events events = ((DispatchResult.Streaming) dispatch("a")).events();

        events.sendTo(_ -> {
            throw new IOException("gone");
        });

        assertThat(bodies.get("a").closed).isTrue();
        assertThat(bodies.get("a").pieces).hasSize(3);
        assertThat(state("a").get(Attribute.CONSECUTIVE_FAILURES)).isZero();
        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
        // 5 characters so far.
        assertThat(state("a").get(Attribute.TOTAL_OUTPUT_TOKENS)).isEqualTo(2);
    }

    private void stream(String endpoint, Object... script) {
        bodies.put(endpoint, new ScriptedBody(script));
    }

    private DispatchResult dispatch(String... endpoints) throws InterruptedException {
        return dispatch(Duration.ofSeconds(28), endpoints);
    }

    private DispatchResult dispatch(Duration deadline, String... endpoints) throws InterruptedException {
        Pool pool = Endpoints.pool(Arrays.stream(endpoints)
                .map(name -> Endpoints.openAi(name, Endpoints.unlimited()))
                .toArray(Endpoint[]::new));
        byte[] body = "{\"model\":\"chat\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"
                .getBytes(UTF_8);
        ModelRequest request = ((Parsed.Valid) ChatRequest.parse(body)).request();
        return new Dispatcher(pool, store, new Streams(), new FixedKeys(), time, random, told::add)
                .dispatch(request, Deadline.in(deadline, time));
    }

    private void send(DispatchResult result) throws InterruptedException {
        ((DispatchResult.Streaming) result).events().sendTo(caller::writeBytes);
    }

    private EndpointState state(String endpoint) {
        return store.state(endpoint);
    }
}
