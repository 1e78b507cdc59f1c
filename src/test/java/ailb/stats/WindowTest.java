package ailb.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WindowTest {

    private static final long SECOND = 1_000_000_000L;
    /** The start of an epoch of 30 s with an even number: 1,800,000,000 is 60,000,000 times 30. */
    private static final long START = 1_800_000_000L * SECOND;

    private EndpointState state = EndpointState.EMPTY;

    @Test
    void countsAddUpWithinAnEpoch() {
        count(START, 3);
        count(START + 29 * SECOND, 4);

        assertThat(sum(START + 29 * SECOND)).isEqualTo(7);
    }

    @Test
    void thePreviousEpochWeighsAsMuchAsIsLeftOfIt() {
        count(START + 5 * SECOND, 30);
        count(START + 31 * SECOND, 6);

        assertThat(sum(START + 40 * SECOND)).isCloseTo(6 + 20, within(1e-9));
        assertThat(Window.of(state, START + 40 * SECOND).perMinute(WindowSlot::admitted))
                .isCloseTo(52, within(1e-9));
    }

    @Test
    void anOlderEpochReadsEmpty() {
        count(START, 30);

        assertThat(sum(START + 60 * SECOND)).isZero();
    }

    @Test
    void aSlotIsReplacedWholeByALaterEpoch() {
        count(START, 30);
        ConditionalUpdate.Builder other = ConditionalUpdate.builder();
        Window.of(state, START).count(other, Map.of(WindowSlot::failures, 9L));
        state = other.build().applyTo(state);

        count(START + 60 * SECOND, 1);

        assertThat(sum(START + 60 * SECOND)).isEqualTo(1);
        assertThat(Window.of(state, START + 60 * SECOND).sum(WindowSlot::failures))
                .isZero();
    }

    @Test
    void aCountForAnEpochThatHasBeenReplacedIsRefused() {
        count(START, 1);
        ConditionalUpdate.Builder late = ConditionalUpdate.builder();
        Window.of(state, START + SECOND).count(late, Map.of(WindowSlot::admitted, 1L));
        count(START + 60 * SECOND, 1);

        assertThat(late.build().allowedBy(state)).isFalse();
    }

    @Test
    void aClockThatIsBehindCountsInTheNewestEpoch() {
        count(START + 30 * SECOND, 5);
        count(START + 29 * SECOND, 2);

        assertThat(state.get(Attribute.WINDOW.get(1).admitted())).isEqualTo(7);
        assertThat(sum(START + 29 * SECOND)).isEqualTo(7);
    }

    private void count(long now, long delta) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        Window.of(state, now).count(update, Map.of(WindowSlot::admitted, delta));
        assertThat(update.build().allowedBy(state)).isTrue();
        state = update.build().applyTo(state);
    }

    private double sum(long now) {
        return Window.of(state, now).sum(WindowSlot::admitted);
    }
}
