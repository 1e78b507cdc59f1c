package ailb.stats;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** To be merged into WindowTest. */
class WindowBegunOnceTest {

    private static final long EPOCH = Window.LENGTH.toNanos();
    private static final long NOW = 60_000_000 * EPOCH;

    @Test
    void anEpochThatAnotherHasBegunIsNotBegunAgain() {
        EndpointState old = count(EndpointState.EMPTY, NOW - 2 * EPOCH).applyTo(EndpointState.EMPTY);
        ConditionalUpdate second = count(old, NOW);
        EndpointState begun = count(old, NOW).applyTo(old);

        assertThat(second.allowedBy(begun)).isFalse();
    }

    private static ConditionalUpdate count(EndpointState state, long now) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        Window.of(state, now).count(update, Map.of(WindowSlot::calls, 1L));
        return update.build();
    }
}
