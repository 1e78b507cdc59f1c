package ailb.dispatch.choice;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.admission.Demand;
import ailb.dispatch.permit.Priority;
import ailb.pool.Settings;
import ailb.port.Deadline;
import ailb.port.SteppedTime;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.InMemoryStateStore;
import ailb.state.UpdateResult;
import ailb.state.WindowSlot;
import ailb.stats.Latency;
import ailb.stats.Window;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Answers of 256 tokens, whose latency is what it is; the bounds of the buckets are 100 ms x 1.25^n. */
class TimeBudgetTest {

    private static final long START = 1_795_000_020_000_000_000L;
    private static final Demand USUAL = new Demand(0, 256);
    private static final OptionalLong BOUND = OptionalLong.of(256);

    private final SteppedTime time = new SteppedTime(START);

    @Test
    void anUnknownEndpointNeedsASecondBesideTheReserve() {
        assertThat(budget(28_000, Settings.DEFAULT).spare(EndpointState.EMPTY, USUAL))
                .isEqualTo(Duration.ofMillis(26_750).toNanos());
    }

    /** 15 answers in 1 s, 5 in 10 s: the median is 1 s, in the bucket up to 1.164 s. */
    @Test
    void aRetryAtAKnownEndpointNeedsItsMedianAndSoDoesALineOfABatch() {
        EndpointState known = answers(15, 1_000, 5, 10_000);

        assertThat(Duration.ofNanos(budget(28_000, Settings.DEFAULT).spare(known, USUAL.asRetry())).toMillis())
                .isEqualTo(28_000 - 250 - 1_164 - 1);
        assertThat(Duration.ofNanos(batch(28_000).spare(known, USUAL)).toMillis())
                .isEqualTo(28_000 - 250 - 1_164 - 1);
    }

    /** It would have no more time later; what takes 100 ms needs no second either. */
    @Test
    void aFirstCallNeedsASecondAtMost() {
        assertThat(budget(28_000, Settings.DEFAULT).spare(answers(20, 60_000, 0, 0), USUAL))
                .isEqualTo(Duration.ofMillis(26_750).toNanos());
        assertThat(budget(28_000, Settings.DEFAULT).spare(answers(20, 100, 0, 0), USUAL))
                .isEqualTo(Duration.ofMillis(28_000 - 250 - 100).toNanos());
    }

    @Test
    void anAttemptOnAnUnknownEndpointMayTakeAllThatIsLeftUpToTheCap() {
        assertThat(budget(28_000, Settings.DEFAULT).attempt(EndpointState.EMPTY, USUAL, BOUND))
                .isEqualTo(Duration.ofMillis(27_750));
        assertThat(budget(900_000, Settings.DEFAULT).attempt(EndpointState.EMPTY, USUAL, BOUND))
                .isEqualTo(Duration.ofMinutes(10));
        assertThat(budget(0, Settings.DEFAULT).attempt(EndpointState.EMPTY, USUAL, BOUND)).isPositive();
    }

    @Test
    void aQuickEndpointIsGivenHalfAMinuteAndASlowOneTwiceItsP95() {
        assertThat(budget(900_000, Settings.DEFAULT).attempt(answers(20, 1_000, 0, 0), USUAL, BOUND))
                .isEqualTo(Duration.ofSeconds(30));
        // 60 s falls into the bucket up to 100 ms x 1.25^29 = 64.6 s
        assertThat(budget(900_000, Settings.DEFAULT).attempt(answers(20, 60_000, 0, 0), USUAL, BOUND).toSeconds())
                .isEqualTo(129);
    }

    /** Twice the p95, in the bucket up to 5.55 s, for so many tokens: that the others were short says nothing of this one. */
    @Test
    void aLongAnswerIsGivenTheTimeOfALongAnswer() {
        EndpointState known = answers(20, 5_000, 0, 0);

        assertThat(batch(290_000).attempt(known, USUAL, OptionalLong.of(4096)).toSeconds())
                .isEqualTo(2 * 5_551 * (4096 + 64) / 320 / 1000);
        assertThat(batch(290_000).attempt(known, USUAL, OptionalLong.empty()).toSeconds())
                .isEqualTo(2 * 5_551 * (4096 + 64) / 320 / 1000);
        assertThat(batch(290_000).attempt(known, USUAL, OptionalLong.of(32_000))).isEqualTo(Duration.ofMillis(289_750));
    }

    /** All others wait for it; the endpoint was out, so its window is empty. 2 x 4 s x (4096 + 64) / (256 + 64). */
    @Test
    void aProbeIsGivenTheTimeOfWhatWasLastKnown() {
        Map<Attribute, Long> item = new HashMap<>(Map.of(Attribute.BREAKER, 1L, Attribute.P95, 4_000_000_000L));

        assertThat(batch(290_000).attempt(new EndpointState(item), USUAL, OptionalLong.empty()))
                .isEqualTo(Duration.ofSeconds(104));
        assertThat(batch(290_000).probeTime(new EndpointState(item), USUAL, OptionalLong.empty()))
                .isEqualTo(Duration.ofSeconds(109));
        item.remove(Attribute.BREAKER);
        assertThat(batch(290_000).attempt(new EndpointState(item), USUAL, OptionalLong.empty()))
                .isEqualTo(Duration.ofMillis(289_750));
    }

    private TimeBudget batch(long millis) {
        return new TimeBudget(Deadline.in(Duration.ofMillis(millis), time), time, Settings.DEFAULT, Priority.BATCH);
    }

    private TimeBudget budget(long millis, Settings settings) {
        return new TimeBudget(Deadline.in(Duration.ofMillis(millis), time), time, settings, Priority.INTERACTIVE);
    }

    private static EndpointState answers(int some, long millis, int others, long otherMillis) {
        EndpointState state = answered(EndpointState.EMPTY, some, millis);
        return others == 0 ? state : answered(state, others, otherMillis);
    }

    private static EndpointState answered(EndpointState state, long count, long millis) {
        InMemoryStateStore store = new InMemoryStateStore();
        state.values()
                .forEach((attribute, value) -> store.update(
                        "a", ConditionalUpdate.builder().put(attribute, value).build()));
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        Window.of(state, START)
                .count(
                        update,
                        Map.of(
                                WindowSlot::successes, count,
                                WindowSlot::outputTokens, 256 * count,
                                Latency.bucket(Latency.normalised(millis * 1_000_000, 256)), count));
        return ((UpdateResult.Applied) store.update("a", update.build())).state();
    }
}
