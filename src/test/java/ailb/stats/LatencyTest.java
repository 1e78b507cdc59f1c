package ailb.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatencyTest {

    private static final long NOW = 1_800_000_000_000_000_000L;

    private EndpointState state = EndpointState.EMPTY;

    @ParameterizedTest
    @CsvSource({
        // milliseconds, bucket: bounds are 100, 125, 156.25, ... 100 x 1.25^31 = 100,974
        "0, 0",
        "99, 0",
        "101, 1",
        "125, 1",
        "126, 2",
        "931, 10",
        "932, 11",
        "100000, 31",
        "10000000, 31",
    })
    void aLatencyFallsIntoItsBucket(long millis, int bucket) {
        WindowSlot slot = Attribute.WINDOW.getFirst();

        assertThat(Latency.bucket(millis * 1e6).apply(slot))
                .isEqualTo(slot.latencies().get(bucket));
    }

    @Test
    void aLongAnswerDoesNotMakeAnEndpointLookSlow() {
        // 960 + 64 tokens in 10 s is what 256 + 64 tokens in 3.125 s are
        assertThat(Latency.normalised(10_000_000_000L, 960)).isCloseTo(3.125e9, within(1.0));
        assertThat(Latency.expected(3.125e9, 960)).isCloseTo(1e10, within(1.0));
    }

    @Test
    void fewAnswersTellNothing() {
        answers(9, 200);

        assertThat(Latency.quantile(Window.of(state, NOW), 0.5)).isEmpty();
    }

    @Test
    void quantilesAreTheUpperBoundOfTheirBucket() {
        answers(90, 200);
        answers(10, 3000);

        Window window = Window.of(state, NOW);
        assertThat(Latency.quantile(window, 0.5).orElseThrow()).isCloseTo(244.140625e6, within(1.0));
        assertThat(Latency.quantile(window, 0.95).orElseThrow()).isCloseTo(3552.713678e6, within(10.0));
    }

    private void answers(long count, long millis) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        Window.of(state, NOW)
                .count(update, Map.of(WindowSlot::successes, count, Latency.bucket(millis * 1e6), count));
        state = update.build().applyTo(state);
    }
}
