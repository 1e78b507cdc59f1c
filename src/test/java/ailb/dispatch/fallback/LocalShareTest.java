package ailb.dispatch.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.admission.Observation;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import ailb.stats.Window;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalShareTest {

    private static final long NOW = 1_800_000_000_000_000_000L;

    @ParameterizedTest
    @CsvSource({
        "1, 5, 0.1",
        "5, 5, 0.5", // of few calls, others may be unseen
        "95, 95, 0.95",
        "10, 5, 1", // the fleet as last seen lags behind
        "11, 5, 1",
        "0, 4, 0.05", // an instance that has just started
        "0, 0, 0.05",
        "1, 1000000, 0.0001", // below that, a day's interval would overflow
    })
    void theShareIsTheOwnPartOfTheFleetsTraffic(long own, long fleet, double share) {
        assertThat(share(own, fleet)).isEqualTo(share);
    }

    /** The three instances of the course of seed 118, and as many calls of each as it saw. */
    @Test
    void sharesOfAFleetsFirstCallsAreOneLimitTogether() {
        double together = share(2, 4) + share(1, 5) + share(3, 3);

        assertThat(together).isLessThan(1);
    }

    private static double share(long own, long fleet) {
        return LocalShare.of(admitted(own), new Observation(admitted(fleet), 0, 0), NOW, 0.05);
    }

    @Test
    void whatWasSeenLongerAgoThanAWindowTellsNothing() {
        long second = Duration.ofSeconds(1).toNanos();
        Observation recent = new Observation(admitted(5), 30 * second, 0);
        Observation old = new Observation(admitted(5), 30 * second + 1, 0);

        assertThat(LocalShare.of(admitted(1), recent, NOW + 30 * second, 0.05)).isEqualTo(0.1);
        assertThat(LocalShare.of(admitted(1), old, NOW + 30 * second + 1, 0.05)).isEqualTo(0.05);
    }

    @Test
    void theDaysCountIsSharedAndAllElseIsAsLastSeen() {
        EndpointState known =
                new EndpointState(Map.of(Attribute.DAY, 9L, Attribute.DAY_REQUESTS, 100L, Attribute.REQUESTS, NOW));

        assertThat(LocalShare.beginning(known, EndpointState.EMPTY, 0.25))
                .isEqualTo(new EndpointState(
                        Map.of(Attribute.DAY, 9L, Attribute.DAY_REQUESTS, 25L, Attribute.REQUESTS, NOW)));
    }

    @Test
    void whatWasTakenWhenLastAloneIsStillTaken() {
        EndpointState known = new EndpointState(
                Map.of(Attribute.DAY, 9L, Attribute.DAY_REQUESTS, 4L, Attribute.REQUESTS, NOW, Attribute.TOKENS, NOW));
        EndpointState before = new EndpointState(Map.of(
                Attribute.DAY, 9L, Attribute.DAY_REQUESTS, 3L, Attribute.REQUESTS, NOW + 5, Attribute.TOKENS, NOW - 5,
                Attribute.TOTAL_REQUESTS, 3L));

        assertThat(LocalShare.beginning(known, before, 0.5))
                .isEqualTo(new EndpointState(Map.of(
                        Attribute.DAY, 9L,
                        Attribute.DAY_REQUESTS, 3L,
                        Attribute.REQUESTS, NOW + 5,
                        Attribute.TOKENS, NOW)));
    }

    @Test
    void yesterdaysCountIsNotTodays() {
        EndpointState known = new EndpointState(Map.of(Attribute.DAY, 9L, Attribute.DAY_REQUESTS, 4L));
        EndpointState before = new EndpointState(Map.of(Attribute.DAY, 8L, Attribute.DAY_REQUESTS, 300L));

        assertThat(LocalShare.beginning(known, before, 0.5).get(Attribute.DAY_REQUESTS)).isEqualTo(2);
        assertThat(LocalShare.beginning(before, known, 0.5).get(Attribute.DAY_REQUESTS)).isEqualTo(4);
    }

    private static EndpointState admitted(long calls) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        Window.of(EndpointState.EMPTY, NOW).count(update, Map.of(WindowSlot::admitted, calls));
        return update.build().applyTo(EndpointState.EMPTY);
    }
}
