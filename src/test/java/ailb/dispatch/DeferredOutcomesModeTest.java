package ailb.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoints;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.port.Upstream;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.RequestKind;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.WindowSlot;
import ailb.stats.Window;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An endpoint that gets 400 calls a second: reports of answers wait for the next admission. */
class DeferredOutcomesModeTest extends DispatcherFixture {

    private final Pool pool = pool(openAi("a"));
    private final Dispatcher dispatcher = dispatcher(pool);

    @BeforeEach
    void busy() {
        loaded("a", 400);
    }

    @Test
    void theReportOfACallIsMadeWithTheNextAdmission() throws InterruptedException {
        for (int call = 0; call < 5; call++) {
            dispatch(dispatcher);
        }

        assertThat(store.updates()).isEqualTo(5);
        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(4);
        assertThat(state("a").get(Attribute.TOTAL_INPUT_TOKENS)).isEqualTo(4 * 10);
        assertThat(inWindow("a", WindowSlot::successes)).isEqualTo(4);
    }

    @Test
    void atUsualLoadEachCallIsReportedByItself() throws InterruptedException {
        loaded("a", 300);
        for (int call = 0; call < 5; call++) {
            dispatch(dispatcher);
        }

        assertThat(store.updates()).isEqualTo(10);
        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(5);
    }

    /** With 300 calls a second, which are few enough otherwise. */
    @Test
    void anItemThatHasRefusedAWriteGetsReportsWithTheNextAdmission() throws InterruptedException {
        loaded("a", 300);
        store.throttled = "a"::equals;
        dispatch(dispatcher);
        store.throttled = _ -> false;
        store.touches.clear();

        dispatch(dispatcher);
        dispatch(dispatcher);

        assertThat(store.updates()).isEqualTo(2);
        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
    }

    @Test
    void whenTheLoadIsGoneWhatWaitsIsReportedWithTheNextCall() throws InterruptedException {
        dispatch(dispatcher);
        loaded("a", 10);
        time.pass(Duration.ofMillis(300));
        dispatch(dispatcher);

        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(2);
        assertThat(store.updates()).isEqualTo(3);
    }

    @Test
    void aFailureIsReportedAtOnceAndWhatWaitsWithIt() throws InterruptedException {
        upstream.then("a", () -> {
            dispatchUnchecked(dispatcher);
            return ScriptedUpstream.error(400, "invalid_request_error", "bad");
        });

        dispatch(dispatcher);

        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(2);
        assertThat(store.updates()).as("two admissions, one report").isEqualTo(3);
    }

    /** The answer of another call comes while this one is under way; it was first, so there is one fault in a row. */
    @Test
    void anAnswerThatCameBeforeAFaultEndsTheRowBeforeIt() throws InterruptedException {
        Dispatcher both = dispatcher(pool(openAi("a"), Endpoints.endpoint("b", Provider.OPENAI, 1e-9, NO_LIMITS)));
        store.change("a", ConditionalUpdate.builder().put(Attribute.CONSECUTIVE_FAILURES, 2));
        upstream.then("a", () -> {
            dispatchUnchecked(both);
            return ScriptedUpstream.error(500, "server_error", "internal");
        });

        dispatch(both);

        assertThat(upstream.calls()).containsExactly("a", "a", "b");
        assertThat(state("a").get(Attribute.CONSECUTIVE_FAILURES)).isEqualTo(1);
        assertThat(state("a").has(Attribute.BREAKER)).isFalse();
    }

    @Test
    void theThirdFaultInARowStillOpensTheBreakerAtOnce() throws InterruptedException {
        upstream.always("a", () -> ScriptedUpstream.error(500, "server_error", "internal"));

        dispatch(dispatcher);

        assertThat(state("a").has(Attribute.BREAKER)).isTrue();
    }

    @Test
    void aProbeTakesNothingAlongAndIsReportedAtOnce() throws InterruptedException {
        dispatch(dispatcher);
        store.change("a", ConditionalUpdate.builder()
                .put(Attribute.BREAKER, 1)
                .put(Attribute.OPEN_UNTIL, time.now())
                .add(Attribute.GENERATION, 1));
        time.pass(Duration.ofMillis(300));
        store.touches.clear();

        dispatch(dispatcher);

        assertThat(store.updates()).as("probe, report, move").isEqualTo(3);
        assertThat(state("a").has(Attribute.BREAKER)).isFalse();
        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
    }

    @Test
    void ofACallBeforeTheBreakerMovedOnlyWhatLastsIsReported() throws InterruptedException {
        dispatch(dispatcher);
        store.change("a", ConditionalUpdate.builder().add(Attribute.GENERATION, 2));
        time.pass(Duration.ofSeconds(6));

        dispatch(dispatcher);

        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(2);
        assertThat(inWindow("a", WindowSlot::successes)).as("the second call's own").isEqualTo(1);
    }

    /** The breaker moves after this instance has looked, while the write is under way. */
    @Test
    void theSameWhereTheWriteFindsItMoved() throws InterruptedException {
        dispatch(dispatcher);
        store.change("a", ConditionalUpdate.builder().add(Attribute.GENERATION, 2));

        dispatch(dispatcher);

        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
        assertThat(inWindow("a", WindowSlot::successes)).isZero();
        assertThat(store.updates()).as("the second admission was rejected once").isEqualTo(3);
    }

    @Test
    void anInstanceThatWasFrozenReportsWhatLastsAndNothingOfTheHealthOfThen() throws InterruptedException {
        dispatch(dispatcher);
        time.pass(Duration.ofMinutes(15));

        dispatch(dispatcher);

        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(2);
        assertThat(inWindow("a", WindowSlot::successes)).as("the second call's own").isEqualTo(1);
    }

    @Test
    void anAnswerWaitsForFiveSecondsAtMostWhereCallsGoElsewhere() throws InterruptedException {
        Dispatcher both = busyBoth();
        String first = called(both);
        String other = leaves(first);

        time.pass(Duration.ofSeconds(4));
        assertThat(called(both)).isEqualTo(other);
        assertThat(state(first).get(Attribute.TOTAL_REQUESTS)).isZero();
        time.pass(Duration.ofSeconds(1));
        assertThat(called(both)).isEqualTo(other);
        assertThat(state(first).get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
    }

    /** Writes for others would make its answer late; the next request makes them. */
    @Test
    void aRequestWhoseTimeIsOverReportsNothingForOthers() throws InterruptedException {
        Dispatcher both = busyBoth();
        String first = called(both);
        String other = leaves(first);
        upstream.then(other, () -> {
            time.pass(Duration.ofSeconds(28));
            return ScriptedUpstream.answer();
        });

        assertThat(called(both)).isEqualTo(other);
        assertThat(state(first).get(Attribute.TOTAL_REQUESTS)).isZero();
        assertThat(called(both)).isEqualTo(other);
        assertThat(state(first).get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
    }

    /** One write reports several answers by what the first of them is. */
    @Test
    void aCountOfTokensIsReportedByItself() throws InterruptedException {
        Dispatcher counting = dispatcher(pool(Endpoints.anthropic("a", NO_LIMITS)));
        byte[] body = "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}".getBytes(UTF_8);
        ModelRequest count =
                ((Parsed.Valid) ModelRequest.parse(RequestKind.COUNT_TOKENS, Headers.NONE, body)).request();
        upstream.always("a", () -> new Upstream.Reply(200, Headers.NONE, "{\"input_tokens\":1}".getBytes(UTF_8)));

        counting.dispatch(count, deadline(28));

        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
    }

    /** As many rejections as one report is tried. */
    @Test
    void aReportForOthersThatIsRejectedEachTimeWaitsOn() throws InterruptedException {
        Dispatcher both = busyBoth();
        String first = called(both);
        String other = leaves(first);
        time.pass(Duration.ofSeconds(5));
        upstream.then(other, () -> {
            store.rivals = 4;
            return ScriptedUpstream.answer();
        });

        assertThat(called(both)).isEqualTo(other);
        assertThat(store.rivals).isZero();
        assertThat(state(first).get(Attribute.TOTAL_REQUESTS)).isZero();
        assertThat(called(both)).isEqualTo(other);
        assertThat(state(first).get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
    }

    private Dispatcher busyBoth() {
        loaded("b", 400);
        return dispatcher(pool(openAi("a"), openAi("b")));
    }

    /** Has calls go elsewhere for a minute; tells where. */
    private String leaves(String endpoint) {
        ConditionalUpdate.Builder hold = ConditionalUpdate.builder();
        store.change(endpoint, hold.put(Attribute.HOLD, time.now() + 60_000_000_000L));
        return endpoint.equals("a") ? "b" : "a";
    }

    /** 25 calls that are all under way at once, and end one after the other: no admission comes that takes them along. */
    @Test
    void noMoreThanTwentyAnswersWait() throws InterruptedException {
        for (int call = 0; call < 24; call++) {
            upstream.then("a", () -> {
                dispatchUnchecked(dispatcher);
                return ScriptedUpstream.answer();
            });
        }

        dispatch(dispatcher);

        assertThat(upstream.calls()).hasSize(25);
        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(21);
        assertThat(store.updates()).isEqualTo(26);
    }

    @Test
    void anAdmissionThatIsRejectedLeavesTheReportWaiting() throws InterruptedException {
        dispatch(dispatcher);
        store.rivals = 3; // as many as one admission is tried
        store.touches.clear();

        dispatch(dispatcher);

        assertThat(store.updates()).isEqualTo(4);
        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
    }

    @Test
    void anAdmissionThatIsThrottledLeavesTheReportWaiting() throws InterruptedException {
        dispatch(dispatcher);
        store.throttled = "a"::equals;
        dispatch(dispatcher);
        assertThat(upstream.calls()).hasSize(1);
        store.throttled = _ -> false;

        dispatch(dispatcher);

        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
    }

    @Test
    void aWriteOfUnknownOutcomeIsNotRepeatedWhateverItTookAlong() throws InterruptedException {
        dispatch(dispatcher);
        store.down = true;
        dispatch(dispatcher);
        store.down = false;
        time.pass(Duration.ofSeconds(2));

        dispatch(dispatcher);
        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isZero();
        dispatch(dispatcher);

        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(1);
    }

    @Test
    void whatAnInstanceHasNotReportedDiesWithIt() throws InterruptedException {
        dispatch(dispatcher);

        dispatch(dispatcher(pool));
        dispatch(dispatcher(pool));

        assertThat(state("a").get(Attribute.TOTAL_REQUESTS)).isZero();
        assertThat(inWindow("a", WindowSlot::admitted)).isEqualTo(3);
    }

    @Test
    void anInstanceStaysWithAnEndpointAndTheFleetIsSpreadAllTheSame() throws InterruptedException {
        loaded("b", 400);
        Pool two = pool(openAi("a"), openAi("b"));
        Dispatcher one = dispatcher(two);
        int moves = 0;
        String last = called(one);
        for (int call = 0; call < 200; call++) {
            String next = called(one);
            moves += next.equals(last) ? 0 : 1;
            last = next;
        }
        assertThat(moves).as("of 200, by chance 5 were expected and without stickiness 100").isBetween(1, 15);

        Map<String, Integer> calls = new HashMap<>();
        for (int instance = 0; instance < 400; instance++) {
            calls.merge(called(dispatcher(two)), 1, Integer::sum);
        }
        assertThat(calls.get("a")).isBetween(160, 240);
    }

    private String called(Dispatcher by) throws InterruptedException {
        dispatch(by);
        return upstream.calls().getLast();
    }

    private void dispatchUnchecked(Dispatcher by) {
        try {
            dispatch(by);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private double inWindow(String endpoint, Function<WindowSlot, Attribute> counter) {
        WindowSlot slot = Attribute.WINDOW.get((int) Math.floorMod(
                Math.floorDiv(time.now(), Window.LENGTH.toNanos()), 2L));
        return state(endpoint).get(counter.apply(slot));
    }
}
