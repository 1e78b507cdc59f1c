package ailb.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ailb.pool.Endpoints;
import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.pool.Pacing;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LimitUseTest {

    /** The end of an epoch, so that it counts in full and the one before not at all. */
    private static final long NOW = 1_800_000_029_999_999_999L;

    @Test
    void theTightestLimitIsTheCapacity() {
        Limits limits = Endpoints.limits(
                Pacing.SMOOTH, Map.of(LimitKind.REQUESTS_PER_MINUTE, 100L, LimitKind.TOKENS_PER_MINUTE, 1000L));

        EndpointState state = admitted(10, 100, 250);

        assertThat(LimitUse.of(limits, state, Window.of(state, NOW), NOW))
                .containsExactly(
                        new LimitUse(LimitKind.REQUESTS_PER_MINUTE, 20, 100),
                        new LimitUse(LimitKind.TOKENS_PER_MINUTE, 700, 1000));
        assertThat(capacity(limits, state)).isCloseTo(0.3, within(1e-9));
    }

    @Test
    void inputAndOutputTokensAreCountedApart() {
        Limits limits = Endpoints.limits(
                Pacing.SMOOTH,
                Map.of(LimitKind.INPUT_TOKENS_PER_MINUTE, 1000L, LimitKind.OUTPUT_TOKENS_PER_MINUTE, 1000L));

        EndpointState state = admitted(1, 100, 250);

        assertThat(LimitUse.of(limits, state, Window.of(state, NOW), NOW))
                .extracting(LimitUse::used)
                .containsExactly(200.0, 500.0);
    }

    @Test
    void requestsOfTheDayCountAgainstTheDaysLimit() {
        Limits limits = Endpoints.limits(Pacing.SMOOTH, Map.of(LimitKind.REQUESTS_PER_DAY, 200L));
        // 2027-01-15 is day 20,833 since the epoch
        EndpointState state = new EndpointState(Map.of(Attribute.DAY, 20_833L, Attribute.DAY_REQUESTS, 50L));

        assertThat(capacity(limits, state)).isEqualTo(0.75);
    }

    @Test
    void withoutLimitsCapacityIsWhole() {
        assertThat(capacity(Endpoints.unlimited(), admitted(1000, 1, 1)))
                .isEqualTo(1);
    }

    @Test
    void useBeyondTheLimitLeavesNoCapacityAndNoLess() {
        assertThat(capacity(Endpoints.requests(Pacing.EVEN, 1), admitted(5, 0, 0)))
                .isZero();
    }

    private static EndpointState admitted(long calls, long input, long output) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        Window.of(EndpointState.EMPTY, NOW)
                .count(
                        update,
                        Map.of(
                                WindowSlot::admitted, calls,
                                WindowSlot::admittedInput, input,
                                WindowSlot::admittedOutput, output));
        return update.build().applyTo(EndpointState.EMPTY);
    }

    private static double capacity(Limits limits, EndpointState state) {
        return LimitUse.capacity(limits, state, Window.of(state, NOW), NOW);
    }
}
