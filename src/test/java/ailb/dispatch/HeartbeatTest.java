package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Settings;
import ailb.pool.SettingsBuilder;
import ailb.port.DispatchEvent;
import ailb.port.Upstream;
import ailb.protocol.ModelRequest;
import ailb.protocol.wire.ProviderRequest;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever waits for a stream sees life after 10 s, and each 5 s from then on, whatever the request waits for. */
class HeartbeatTest extends DispatcherFixture {

    private static final String ROLE =
            "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
    private static final String HELLO = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n";
    private static final String STOP = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private static final String DONE = "data: [DONE]\n\n";

    private static final ModelRequest REQUEST = request("\"stream\":true,");

    private final ScriptedStreams streams = new ScriptedStreams(time);
    private final RecordedCaller caller = new RecordedCaller();

    @Test
    void whoIsAnsweredSoonGetsNoneAndKnowsWhoAnswers() throws Exception {
        streams.script("a", silentFor(8), HELLO, STOP, DONE);

        DispatchResult result = dispatch("a");

        assertThat(result).isEqualTo(new DispatchResult.Streamed("a", 1));
        assertThat(caller.heartbeats()).isZero();
        assertThat(caller.heads()).containsExactly("a 1");
    }

    /** At 10, 15 and 20 s. */
    @Test
    void theHeadGoesOutAfterTenSecondsAndAHeartbeatEachFive() throws Exception {
        streams.script("a", silentFor(23), HELLO, STOP, DONE);

        DispatchResult result = dispatch("a");

        assertThat(result).isEqualTo(new DispatchResult.Streamed("a", 1));
        assertThat(caller.heartbeats()).isEqualTo(3);
        assertThat(caller.heads()).containsExactly(" 0");
        assertThat(caller.text()).isEqualTo(HELLO + STOP + DONE);
    }

    /** A role is no content: it comes at once where the model thinks for minutes. */
    @ParameterizedTest
    @ValueSource(strings = {ROLE, ": waiting\n\n"})
    void whatIsNoContentCountsAsSilence(String event) throws Exception {
        streams.script("a", event, silentFor(22), HELLO, STOP, DONE);

        dispatch("a");

        assertThat(caller.heartbeats()).isEqualTo(3);
        assertThat(caller.text()).isEqualTo(event + HELLO + STOP + DONE);
    }

    @Test
    void anEndpointThatFailsBehindThemIsLeftForAnother() throws Exception {
        closeFor(Duration.ofSeconds(20), "b");
        streams.script("a", ROLE, silentFor(22), new Upstream.Lost(FailureClass.TRANSPORT, "reset"));
        streams.script("b", ROLE, HELLO, STOP, DONE);

        DispatchResult result = dispatch("a", "b");

        assertThat(result).isEqualTo(new DispatchResult.Streamed("b", 2));
        assertThat(caller.text()).isEqualTo(ROLE + HELLO + STOP + DONE);
        assertThat(caller.heads()).containsExactly(" 0");
        assertThat(store.state("a").get(Attribute.CONSECUTIVE_FAILURES)).isEqualTo(1);
    }

    /** After ten short answers an attempt has half a minute to say anything; a role says that the model may be thinking. */
    @Test
    void anEndpointThatHasSaidAnythingIsGivenFiveMinutesOfSilence() throws Exception {
        answerTenTimes("a");
        streams.script("a", ROLE, silentFor(290), HELLO, STOP, DONE);

        assertThat(dispatch("a")).isEqualTo(new DispatchResult.Streamed("a", 1));
        assertThat(caller.text()).isEqualTo(ROLE + HELLO + STOP + DONE);
        assertThat(store.state("a").get(Attribute.TOTAL_FAILURES)).isZero();
    }

    @Test
    void oneThatIsSilentForLongerIsLeftForAnother() throws Exception {
        answerTenTimes("a");
        closeFor(Duration.ofSeconds(20), "b");
        streams.script("a", ROLE, silentFor(310), HELLO, STOP, DONE);
        streams.script("b", HELLO, STOP, DONE);

        assertThat(dispatch("a", "b")).isEqualTo(new DispatchResult.Streamed("b", 2));
        assertThat(caller.text()).isEqualTo(HELLO + STOP + DONE);
        assertThat(store.state("a").get(Attribute.CONSECUTIVE_FAILURES)).isEqualTo(1);
    }

    private void answerTenTimes(String endpoint) throws InterruptedException {
        for (int call = 0; call < 10; call++) {
            streams.script(endpoint, HELLO + STOP + DONE);
            dispatch(endpoint);
        }
        caller.forget();
    }

    /** The caller of this is told by an event then: the result says what. */
    @Test
    void whereNobodyAnswersTheResultSaysWhy() throws Exception {
        streams.script("a", ROLE, silentFor(22), new Upstream.Lost(FailureClass.TRANSPORT, "reset"));

        DispatchResult result = dispatch("a");

        assertThat(result).isInstanceOf(DispatchResult.Declined.class);
        assertThat(caller.heads()).containsExactly(" 0");
        assertThat(caller.text()).isEmpty();
    }

    @Test
    void theyComeWhileTheReplyHasNotEvenBegun() throws Exception {
        Upstream late = new LateHead(Duration.ofSeconds(31));

        DispatchResult result = dispatcher(pool(openAi("a")), late).dispatch(REQUEST, deadline(600), caller);

        assertThat(result).isEqualTo(new DispatchResult.Streamed("a", 1));
        assertThat(caller.heartbeats()).isEqualTo(5);
        assertThat(caller.text()).isEqualTo(HELLO + STOP + DONE);
    }

    /** Of two a minute 95 % are used: one each 31.6 s, and the first took 3 s. Heartbeats at 10, 15, 20 and 25 s. */
    @Test
    void theyComeWhileTheRequestWaitsForRoom() throws Exception {
        Settings patient = new SettingsBuilder().maxWait(Duration.ofSeconds(40)).build();
        Pool full = new Pool(List.of(Endpoints.openAi("a", Endpoints.requests(Pacing.EVEN, 2))), patient);
        streams.script("a", HELLO, STOP, DONE);
        dispatcher(full, streams).dispatch(REQUEST, deadline(600), new RecordedCaller());
        streams.script("a", HELLO, STOP, DONE);

        dispatcher(full, streams).dispatch(REQUEST, deadline(600), caller);

        assertThat(caller.heartbeats()).isEqualTo(4);
        assertThat(caller.text()).isEqualTo(HELLO + STOP + DONE);
    }

    @Test
    void aCallerWhoHangsUpBeforeAnyContentEndsTheCallWhichTellsNothingOfTheEndpoint() throws Exception {
        streams.script("a", ROLE, silentFor(60), HELLO);
        hangUpAtHeartbeat(2);

        DispatchResult result = dispatch("a");

        assertThat(result).isEqualTo(new DispatchResult.HungUp(1));
        assertThat(streams.isClosed("a")).isTrue();
        assertThat(events).anyMatch(DispatchEvent.HungUp.class::isInstance);
        assertThat(events).noneMatch(DispatchEvent.Failed.class::isInstance);
        assertThat(store.state("a").get(Attribute.CONSECUTIVE_FAILURES)).isZero();
        assertThat(store.state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
    }

    @Test
    void aCallerWhoHangsUpBeforeTheReplyBeginsEndsTheCall() throws Exception {
        LateHead late = new LateHead(Duration.ofMinutes(4));
        hangUpAtHeartbeat(1);

        DispatchResult result = dispatcher(pool(openAi("a")), late).dispatch(REQUEST, deadline(600), caller);

        assertThat(result).isEqualTo(new DispatchResult.HungUp(1));
        assertThat(late.closed).isTrue();
        assertThat(store.state("a").get(Attribute.CONSECUTIVE_FAILURES)).isZero();
    }

    private void hangUpAtHeartbeat(int number) {
        caller.beforeHeartbeat = () -> {
            if (caller.heartbeats() == number - 1) {
                throw new IOException("gone");
            }
        };
    }

    /** One whose head comes late. */
    private final class LateHead implements Upstream {

        private final long at;
        private boolean closed;

        LateHead(Duration wait) {
            this.at = time.monotonic() + wait.toNanos();
        }

        @Override
        public Result call(ProviderRequest request, Duration timeout) {
            throw new AssertionError("not asked for a stream");
        }

        @Override
        public Pending open(ProviderRequest request, Duration timeout) {
            return new Pending() {
                @Override
                public Optional<Result> await(Duration longest) throws InterruptedException {
                    long left = at - time.monotonic();
                    time.pass(Duration.ofNanos(Math.min(left, longest.toNanos())));
                    streams.script("a", HELLO, STOP, DONE);
                    return left > longest.toNanos()
                            ? Optional.empty()
                            : streams.open(request, timeout).await(longest);
                }

                @Override
                public void close() {
                    closed = true;
                }
            };
        }
    }

    private void closeFor(Duration time, String endpoint) {
        ConditionalUpdate.Builder full = ConditionalUpdate.builder();
        store.change(endpoint, full.put(Attribute.HOLD, this.time.now() + time.toNanos()));
    }

    private static ScriptedStreams.Quiet silentFor(int seconds) {
        return new ScriptedStreams.Quiet(Duration.ofSeconds(seconds));
    }

    private DispatchResult dispatch(String... endpoints) throws InterruptedException {
        Endpoint[] pool = Arrays.stream(endpoints).map(DispatcherFixture::openAi).toArray(Endpoint[]::new);
        return dispatcher(pool(pool), streams).dispatch(REQUEST, deadline(600), caller);
    }

}
