package ailb.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.Pool;
import ailb.protocol.ChatRequest;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.InMemoryStateStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
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
    private final ScriptedStreams streams = new ScriptedStreams(time);
    private final ByteArrayOutputStream caller = new ByteArrayOutputStream();

    @Test
    void eventsAreHandedOnAndTheirUsageIsCounted() throws Exception {
        streams.script("a", HELLO, STOP + USAGE, DONE);

        send(dispatch("a"));

        assertThat(caller.toString(UTF_8)).isEqualTo(HELLO + STOP + DONE);
        assertThat(state("a").get(Attribute.TOTAL_OUTPUT_TOKENS)).isEqualTo(2);
        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isZero();
        assertThat(streams.isClosed("a")).isTrue();
    }

    /** A connection whose reply was read to its end can be used again. */
    @Test
    void theBodysEndIsTakenTooWhereItFollowsTheLastEventAtOnce() throws Exception {
        streams.script("a", HELLO, STOP, DONE, new Upstream.End());

        send(dispatch("a"));

        assertThat(streams.left("a")).isZero();
        assertThat(streams.isClosed("a")).isTrue();
    }

    @Test
    void anEndpointThatFailsBeforeItsFirstEventIsLeftForAnother() throws Exception {
        for (int request = 0; request < 10; request++) {
            streams.script("b", "data: {\"error\":{\"message\":\"x\",\"type\":\"server_error\"}}\n\n");
            streams.script("c", HELLO, STOP, DONE);
            caller.reset();
            send(dispatch("a", "b", "c"));
            assertThat(caller.toString(UTF_8)).isEqualTo(HELLO + STOP + DONE);
        }

        assertThat(told).filteredOn(DispatchEvent.Failed.class::isInstance).isNotEmpty();
    }

    @Test
    void oneThatBreaksOffLaterEndsWithAnErrorEventAndCountsAsAFault() throws Exception {
        streams.script("a", HELLO, new Upstream.End());

        send(dispatch("a", "b"));

        assertThat(caller.toString(UTF_8)).startsWith(HELLO + "data: {\"error\":{")
                .endsWith("}\n\n")
                .contains("\"type\":\"server_error\"");
        assertThat(state("a").get(Attribute.CONSECUTIVE_FAILURES)).isEqualTo(1);
    }

    @Test
    void oneThatStallsIsGivenUpAfterFiveMinutes() throws Exception {
        streams.script("a", HELLO);
        long start = time.now();

        send(dispatch(Duration.ofMinutes(10), "a"));

        assertThat(caller.toString(UTF_8)).contains("data: {\"error\":{");
        assertThat(time.now() - start).isEqualTo(Duration.ofSeconds(301).toNanos());
        assertThat(told).anyMatch(event -> event instanceof DispatchEvent.Failed failed
                && failed.failure() == FailureClass.TIMEOUT);
    }

    /** Models that think do, for minutes; the attempt's own bound, ten minutes here, still holds. */
    @Test
    void oneThatIsSilentBeforeItsFirstEventHasTheAttemptsTime() throws Exception {
        streams.script("a", silentFor(500), HELLO, STOP, DONE);

        send(dispatch(Duration.ofMinutes(20), "a"));

        assertThat(caller.toString(UTF_8)).isEqualTo(HELLO + STOP + DONE);
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isZero();
    }

    @Test
    void oneThatDoesNotBeginWithinTheAttemptsTimeHasFailed() throws Exception {
        streams.script("a", silentFor(700), HELLO, STOP, DONE);
        long start = time.now();

        assertThat(dispatch(Duration.ofMinutes(10).plusSeconds(1), "a"))
                .isNotInstanceOf(DispatchResult.Streaming.class);
        assertThat(time.now() - start).isBetween(
                Duration.ofMinutes(10).toNanos(), Duration.ofMinutes(10).plusSeconds(1).toNanos());
        assertThat(state("a").get(Attribute.CONSECUTIVE_FAILURES)).isEqualTo(1);
    }

    @Test
    void oneThatThinksBetweenItsEventsIsWaitedFor() throws Exception {
        streams.script("a", HELLO, silentFor(290), STOP, DONE);

        send(dispatch(Duration.ofMinutes(10), "a"));

        assertThat(caller.toString(UTF_8)).isEqualTo(HELLO + STOP + DONE);
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isZero();
    }

    @Test
    void oneThatAnswersWholeIsLeftForAnother() throws Exception {
        for (int request = 0; request < 10; request++) {
            streams.script("a", HELLO, STOP, DONE);
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
        streams.script("a", (Object[]) Collections.nCopies(40, HELLO).toArray(String[]::new));
        long start = time.now();

        send(dispatch("a"));

        assertThat(caller.toString(UTF_8)).startsWith(HELLO.repeat(27) + "data: {\"error\":{");
        assertThat(time.now() - start).isEqualTo(Duration.ofMillis(27_750).toNanos());
    }

    /** Three in a row would take the endpoint out. */
    @Test
    void oneThatFlowedUntilTheRequestsEndIsNoFault() throws Exception {
        streams.script("a", (Object[]) Collections.nCopies(40, HELLO).toArray(String[]::new));

        send(dispatch("a"));

        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
        assertThat(state("a").get(Attribute.CONSECUTIVE_FAILURES)).isZero();
        assertThat(told).anyMatch(DispatchEvent.Failed.class::isInstance);
        assertThat(caller.toString(UTF_8)).contains("the request's time is over. Ask for less, or submit a batch.");
    }

    @Test
    void oneThatWasSilentAtTheRequestsEndIsAFault() throws Exception {
        streams.script("a", HELLO);

        send(dispatch("a"));

        assertThat(state("a").get(Attribute.CONSECUTIVE_FAILURES)).isEqualTo(1);
    }

    @Test
    void aCallerWhoIsSlowToReadIsNoSilenceOfTheEndpoint() throws Exception {
        streams.script("a", HELLO, STOP, DONE);
        Events events = ((DispatchResult.Streaming) dispatch(Duration.ofMinutes(30), "a")).events();

        events.sendTo(sent -> {
            time.pass(Duration.ofSeconds(310));
            caller.writeBytes(sent);
        });

        assertThat(caller.toString(UTF_8)).isEqualTo(HELLO + STOP + DONE);
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isZero();
    }

    /** After ten short answers an attempt has half a minute, and a stream that flows has the request's time. */
    @Test
    void oneThatFlowsIsNotEndedForTakingLongerThanOthers() throws Exception {
        answerTenTimes("a");
        streams.script("a", (Object[]) (HELLO + "|").repeat(100).concat(STOP + "|" + DONE).split("\\|"));

        send(dispatch(Duration.ofMinutes(5), "a"));

        assertThat(caller.toString(UTF_8)).isEqualTo(HELLO.repeat(100) + STOP + DONE);
    }

    @Test
    void oneThatNeverBeginsIsLeftForAnotherWhenItsAttemptsTimeIsOver() throws Exception {
        answerTenTimes("a");
        streams.script("a");
        streams.script("b", HELLO, STOP, DONE);
        long start = time.now();
        ConditionalUpdate.Builder fullAtFirst = ConditionalUpdate.builder();
        store.update("b", fullAtFirst.put(Attribute.HOLD, start + Duration.ofSeconds(10).toNanos()).build());

        DispatchResult result = dispatch(Duration.ofMinutes(5), "a", "b");

        assertThat(result).isInstanceOfSatisfying(
                DispatchResult.Streaming.class, stream -> assertThat(stream.endpoint()).isEqualTo("b"));
        assertThat(time.now() - start).isEqualTo(Duration.ofSeconds(31).toNanos());
    }

    @Test
    void whatCameOfOneThatBreaksOffIsCounted() throws Exception {
        streams.script("a", HELLO, USAGE, new Upstream.Lost(FailureClass.TRANSPORT, "reset"));

        send(dispatch("a"));

        assertThat(state("a").get(Attribute.TOTAL_INPUT_TOKENS)).isEqualTo(7);
        assertThat(state("a").get(Attribute.TOTAL_OUTPUT_TOKENS)).isEqualTo(2);
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isEqualTo(1);
    }

    /** The caller hears of each 5 seconds of silence, if it is there to hear. */
    @Test
    void aCallerWhoHangsUpDuringASilenceEndsTheCall() throws Exception {
        streams.script("a", HELLO);
        Events events = ((DispatchResult.Streaming) dispatch(Duration.ofMinutes(5), "a")).events();
        long start = time.now();
        int[] silences = {0};

        events.sendTo(new Events.Sink() {
            @Override
            public void send(byte[] sent) {
                caller.writeBytes(sent);
            }

            @Override
            public void silence() throws IOException {
                if (++silences[0] == 3) {
                    throw new IOException("gone");
                }
            }
        });

        assertThat(caller.toString(UTF_8)).isEqualTo(HELLO);
        assertThat(time.now() - start).isEqualTo(Duration.ofSeconds(15).toNanos());
        assertThat(streams.isClosed("a")).isTrue();
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isZero();
    }

    /** Comments of the provider's that are none of the caller's are a silence to it too. */
    @Test
    void aCallerWhoIsToldNothingOfWhatComesHearsOfTheSilence() throws Exception {
        streams.script("a", HELLO, USAGE, USAGE, USAGE, USAGE, USAGE, USAGE, USAGE, STOP, DONE);
        int[] silences = {0};

        ((DispatchResult.Streaming) dispatch("a")).events().sendTo(new Events.Sink() {
            @Override
            public void send(byte[] sent) {
                caller.writeBytes(sent);
            }

            @Override
            public void silence() {
                silences[0]++;
            }
        });

        assertThat(silences[0]).isEqualTo(1);
        assertThat(caller.toString(UTF_8)).isEqualTo(HELLO + STOP + DONE);
    }

    @Test
    void aCallerWhoHangsUpEndsTheCallAndItIsNoFaultOfTheEndpoint() throws Exception {
        streams.script("a", HELLO, HELLO, HELLO, HELLO);
        Events events = ((DispatchResult.Streaming) dispatch("a")).events();

        events.sendTo(_ -> {
            throw new IOException("gone");
        });

        assertThat(streams.isClosed("a")).isTrue();
        assertThat(streams.left("a")).isEqualTo(3);
        assertThat(state("a").get(Attribute.CONSECUTIVE_FAILURES)).isZero();
        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
        // 5 characters so far.
        assertThat(state("a").get(Attribute.TOTAL_OUTPUT_TOKENS)).isEqualTo(2);
    }

    private static ScriptedStreams.Quiet silentFor(int seconds) {
        return new ScriptedStreams.Quiet(Duration.ofSeconds(seconds));
    }

    private DispatchResult dispatch(String... endpoints) throws InterruptedException {
        return dispatch(Duration.ofSeconds(28), endpoints);
    }

    private DispatchResult dispatch(Duration deadline, String... endpoints) throws InterruptedException {
        Pool pool = Endpoints.pool(Arrays.stream(endpoints)
                .map(name -> Endpoints.openAi(name, Endpoints.unlimited()))
                .toArray(Endpoint[]::new));
        byte[] body = ("{\"model\":\"chat\",\"stream\":true,\"max_tokens\":64,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}").getBytes(UTF_8);
        ModelRequest request = ((Parsed.Valid) ChatRequest.parse(body)).request();
        return new Dispatcher(pool, store, streams, new FixedKeys(), time, random, told::add)
                .dispatch(request, Deadline.in(deadline, time));
    }

    private void answerTenTimes(String endpoint) throws InterruptedException {
        for (int call = 0; call < 10; call++) {
            streams.script(endpoint, HELLO + STOP + DONE);
            send(dispatch(Duration.ofMinutes(5), endpoint));
        }
        caller.reset();
    }

    private void send(DispatchResult result) throws InterruptedException {
        ((DispatchResult.Streaming) result).events().sendTo(caller::writeBytes);
    }

    private EndpointState state(String endpoint) {
        return store.state(endpoint);
    }
}
