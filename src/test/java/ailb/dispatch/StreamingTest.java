package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.port.Deadline;
import ailb.port.DispatchEvent;
import ailb.port.Upstream;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** Answers that come as events: until the first one another endpoint can still be asked. */
class StreamingTest extends DispatcherFixture {

    private static final String HELLO = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n";
    private static final String STOP = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private static final String USAGE =
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\n";
    private static final String DONE = "data: [DONE]\n\n";

    private final ScriptedStreams streams = new ScriptedStreams(time);
    private final RecordedCaller caller = new RecordedCaller();

    @Test
    void eventsAreHandedOnAndTheirUsageIsCounted() throws Exception {
        streams.script("a", HELLO, STOP + USAGE, DONE);

        dispatch("a");

        assertThat(caller.text()).isEqualTo(HELLO + STOP + DONE);
        assertThat(state("a").get(Attribute.TOTAL_OUTPUT_TOKENS)).isEqualTo(2);
        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isZero();
        assertThat(streams.isClosed("a")).isTrue();
    }

    /** A connection whose reply was read to its end can be used again. */
    @Test
    void theBodysEndIsTakenTooWhereItFollowsTheLastEventAtOnce() throws Exception {
        streams.script("a", HELLO, STOP, DONE, new Upstream.End());

        dispatch("a");

        assertThat(streams.left("a")).isZero();
        assertThat(streams.isClosed("a")).isTrue();
    }

    @Test
    void anEndpointThatFailsBeforeItsFirstEventIsLeftForAnother() throws Exception {
        for (int request = 0; request < 10; request++) {
            streams.script("b", "data: {\"error\":{\"message\":\"x\",\"type\":\"server_error\"}}\n\n");
            streams.script("c", HELLO, STOP, DONE);
            caller.forget();
            dispatch("a", "b", "c");
            assertThat(caller.text()).isEqualTo(HELLO + STOP + DONE);
        }

        assertThat(events).filteredOn(DispatchEvent.Failed.class::isInstance).isNotEmpty();
    }

    @Test
    void oneThatBreaksOffLaterEndsWithAnErrorEventAndCountsAsAFault() throws Exception {
        streams.script("a", HELLO, new Upstream.End());

        dispatch("a", "b");

        assertThat(caller.text()).startsWith(HELLO + "data: {\"error\":{")
                .endsWith("}\n\n")
                .contains("\"type\":\"server_error\"");
        assertThat(state("a").get(Attribute.CONSECUTIVE_FAILURES)).isEqualTo(1);
    }

    @Test
    void oneThatStallsIsGivenUpAfterFiveMinutes() throws Exception {
        streams.script("a", HELLO);
        long start = time.now();

        dispatch(Duration.ofMinutes(10), "a");

        assertThat(caller.text()).contains("data: {\"error\":{");
        assertThat(time.now() - start).isEqualTo(Duration.ofSeconds(301).toNanos());
        assertThat(events).anyMatch(event -> event instanceof DispatchEvent.Failed failed
                && failed.failure() == FailureClass.TIMEOUT);
    }

    /** Models that think do, for minutes; the attempt's own bound, ten minutes here, still holds. */
    @Test
    void oneThatIsSilentBeforeItsFirstEventHasTheAttemptsTime() throws Exception {
        streams.script("a", silentFor(500), HELLO, STOP, DONE);

        dispatch(Duration.ofMinutes(20), "a");

        assertThat(caller.text()).isEqualTo(HELLO + STOP + DONE);
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isZero();
    }

    @Test
    void oneThatDoesNotBeginWithinTheAttemptsTimeHasFailed() throws Exception {
        streams.script("a", silentFor(700), HELLO, STOP, DONE);
        long start = time.now();

        assertThat(dispatch(Duration.ofMinutes(10).plusSeconds(1), "a"))
                .isInstanceOf(DispatchResult.Declined.class);
        assertThat(time.now() - start).isBetween(
                Duration.ofMinutes(10).toNanos(), Duration.ofMinutes(10).plusSeconds(1).toNanos());
        assertThat(state("a").get(Attribute.CONSECUTIVE_FAILURES)).isEqualTo(1);
    }

    @Test
    void oneThatThinksBetweenItsEventsIsWaitedFor() throws Exception {
        streams.script("a", HELLO, silentFor(290), STOP, DONE);

        dispatch(Duration.ofMinutes(10), "a");

        assertThat(caller.text()).isEqualTo(HELLO + STOP + DONE);
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isZero();
    }

    @Test
    void oneThatAnswersWholeIsLeftForAnother() throws Exception {
        for (int request = 0; request < 10; request++) {
            streams.script("a", HELLO, STOP, DONE);
            caller.forget();
            dispatch("a", "whole");
            assertThat(caller.text()).isEqualTo(HELLO + STOP + DONE);
        }

        assertThat(events).anyMatch(event -> event instanceof DispatchEvent.Failed failed
                && failed.endpoint().equals("whole")
                && failed.failure() == FailureClass.TRANSPORT);
    }

    /** 28 s, of which a quarter of a second is kept back. */
    @Test
    void oneThatGoesOnIsEndedInTimeForTheCallerToHearOfIt() throws Exception {
        streams.script("a", (Object[]) Collections.nCopies(40, HELLO).toArray(String[]::new));
        long start = time.now();

        dispatch("a");

        assertThat(caller.text()).startsWith(HELLO.repeat(27) + "data: {\"error\":{");
        assertThat(time.now() - start).isEqualTo(Duration.ofMillis(27_750).toNanos());
    }

    /** Three in a row would take the endpoint out. */
    @Test
    void oneThatFlowedUntilTheRequestsEndIsNoFault() throws Exception {
        streams.script("a", (Object[]) Collections.nCopies(40, HELLO).toArray(String[]::new));

        dispatch("a");

        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
        assertThat(state("a").get(Attribute.CONSECUTIVE_FAILURES)).isZero();
        assertThat(events).anyMatch(DispatchEvent.Failed.class::isInstance);
        assertThat(caller.text()).contains("the request's time is over. Ask for less, or submit a batch.");
    }

    @Test
    void oneThatWasSilentAtTheRequestsEndIsAFault() throws Exception {
        streams.script("a", HELLO);

        dispatch("a");

        assertThat(state("a").get(Attribute.CONSECUTIVE_FAILURES)).isEqualTo(1);
    }

    @Test
    void aCallerWhoIsSlowToReadIsNoSilenceOfTheEndpoint() throws Exception {
        streams.script("a", HELLO, STOP, DONE);
        caller.beforeEvents = () -> time.pass(Duration.ofSeconds(310));

        dispatch(Duration.ofMinutes(30), "a");

        assertThat(caller.text()).isEqualTo(HELLO + STOP + DONE);
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isZero();
    }

    /** After ten short answers an attempt has half a minute, and a stream that flows has the request's time. */
    @Test
    void oneThatFlowsIsNotEndedForTakingLongerThanOthers() throws Exception {
        answerTenTimes("a");
        streams.script("a", (Object[]) (HELLO + "|").repeat(100).concat(STOP + "|" + DONE).split("\\|"));

        dispatch(Duration.ofMinutes(5), "a");

        assertThat(caller.text()).isEqualTo(HELLO.repeat(100) + STOP + DONE);
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
                DispatchResult.Streamed.class, stream -> assertThat(stream.endpoint()).isEqualTo("b"));
        // Three events after it, and a look for the body's end.
        assertThat(time.now() - start).isEqualTo(Duration.ofMillis(33_020).toNanos());
    }

    @Test
    void whatCameOfOneThatBreaksOffIsCounted() throws Exception {
        streams.script("a", HELLO, USAGE, new Upstream.Lost(FailureClass.TRANSPORT, "reset"));

        dispatch("a");

        assertThat(state("a").get(Attribute.TOTAL_INPUT_TOKENS)).isEqualTo(7);
        assertThat(state("a").get(Attribute.TOTAL_OUTPUT_TOKENS)).isEqualTo(2);
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isEqualTo(1);
    }

    /** The caller hears of each 5 seconds of silence, if it is there to hear. */
    @Test
    void aCallerWhoHangsUpDuringASilenceEndsTheCall() throws Exception {
        streams.script("a", HELLO);
        caller.beforeHeartbeat = () -> {
            if (caller.heartbeats() == 2) {
                throw new IOException("gone");
            }
        };
        long start = time.now();

        dispatch(Duration.ofMinutes(5), "a");

        assertThat(caller.text()).isEqualTo(HELLO);
        // The first event takes a second.
        assertThat(time.now() - start).isEqualTo(Duration.ofSeconds(16).toNanos());
        assertThat(streams.isClosed("a")).isTrue();
        assertThat(state("a").get(Attribute.TOTAL_FAILURES)).isZero();
    }

    /** Comments of the provider's that are none of the caller's are a silence to it too. */
    @Test
    void aCallerWhoIsToldNothingOfWhatComesHearsOfTheSilence() throws Exception {
        streams.script("a", HELLO, USAGE, USAGE, USAGE, USAGE, USAGE, USAGE, USAGE, STOP, DONE);

        dispatch("a");

        assertThat(caller.heartbeats()).isEqualTo(1);
        assertThat(caller.text()).isEqualTo(HELLO + STOP + DONE);
    }

    @Test
    void aCallerWhoHangsUpEndsTheCallAndItIsNoFaultOfTheEndpoint() throws Exception {
        streams.script("a", HELLO, HELLO, HELLO, HELLO);
        caller.beforeEvents = () -> {
            throw new IOException("gone");
        };

        dispatch("a");

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
        Endpoint[] pool = Arrays.stream(endpoints).map(DispatcherFixture::openAi).toArray(Endpoint[]::new);
        return dispatcher(pool(pool), streams)
                .dispatch(request("\"stream\":true,\"max_tokens\":64,"), Deadline.in(deadline, time), caller);
    }

    private void answerTenTimes(String endpoint) throws InterruptedException {
        for (int call = 0; call < 10; call++) {
            streams.script(endpoint, HELLO + STOP + DONE);
            dispatch(Duration.ofMinutes(5), endpoint);
        }
        caller.forget();
    }
}
