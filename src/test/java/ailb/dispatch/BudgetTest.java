package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.admission.Demand;
import ailb.pool.Settings;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.InMemoryStateStore;
import ailb.state.UpdateResult;
import ailb.state.WindowSlot;
import ailb.stats.Latency;
import ailb.stats.Window;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Answers of 256 tokens, whose latency is what it is; the bounds of the buckets are 100 ms x 1.25^n. */
class BudgetTest {

    private static final long START = 1_795_000_020_000_000_000L;
    private static final Demand USUAL = new Demand(0, 256);

    private final SteppedTime time = new SteppedTime(START);

    @Test
    void anUnknownEndpointNeedsASecondBesideTheReserve() {
        assertThat(budget(28_000, Settings.DEFAULT).spare(EndpointState.EMPTY, USUAL))
                .isEqualTo(Duration.ofMillis(26_750).toNanos());
    }

    /** 15 answers in 1 s, 5 in 10 s: the median is 1 s, in the bucket up to 1.164 s. */
    @Test
    void aKnownEndpointNeedsItsMedian() {
        long spare = budget(28_000, Settings.DEFAULT).spare(answers(15, 1_000, 5, 10_000), USUAL);

        assertThat(Duration.ofNanos(spare).toMillis()).isEqualTo(28_000 - 250 - 1_164 - 1);
    }

    @Test
    void anAttemptOnAnUnknownEndpointMayTakeAllThatIsLeftUpToTheCap() {
        assertThat(budget(28_000, Settings.DEFAULT).attempt(EndpointState.EMPTY, USUAL))
                .isEqualTo(Duration.ofMillis(27_750));
        assertThat(budget(900_000, Settings.DEFAULT).attempt(EndpointState.EMPTY, USUAL))
                .isEqualTo(Duration.ofMinutes(10));
        assertThat(budget(0, Settings.DEFAULT).attempt(EndpointState.EMPTY, USUAL)).isPositive();
    }

    @Test
    void aQuickEndpointIsGivenHalfAMinuteAndASlowOneTwiceItsP95() {
        assertThat(budget(900_000, Settings.DEFAULT).attempt(answers(20, 1_000, 0, 0), USUAL))
                .isEqualTo(Duration.ofSeconds(30));
        // 60 s falls into the bucket up to 100 ms x 1.25^29 = 64.6 s
        assertThat(budget(900_000, Settings.DEFAULT).attempt(answers(20, 60_000, 0, 0), USUAL).toSeconds())
                .isEqualTo(129);
    }

    private Budget budget(long millis, Settings settings) {
        return new Budget(Deadline.in(Duration.ofMillis(millis), time), time, settings);
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
