package ailb.dispatch.choice;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.admission.Demand;
import ailb.health.Breaker;
import ailb.pool.Endpoints;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShortlistTest {

    private static final long NOW = 1_795_000_020_000_000_000L;
    private static final long LONG_WAIT = 5_000;

    @Test
    void aSlotWithinAQuarterOfASecondIsAsGoodAsFree() {
        assertThat(ready(entry("free", 0, LONG_WAIT, false), entry("soon", 250, LONG_WAIT, false),
                entry("late", 251, LONG_WAIT, false))).containsExactly("free", "soon");
    }

    @Test
    void aSlotThatLeavesNoTimeForTheCallIsNotReady() {
        assertThat(ready(entry("a", 200, 100, false), entry("b", 100, 100, false))).containsExactly("b");
    }

    @Test
    void oneThatHasFailedIsNotReadyWhileAnotherIs() {
        assertThat(ready(entry("failed", 0, LONG_WAIT, true), entry("other", 0, LONG_WAIT, false)))
                .containsExactly("other");
    }

    @Test
    void oneThatHasFailedIsNotReadyWhileAnotherIsWorthWaitingFor() {
        Shortlist list = list(entry("failed", 0, LONG_WAIT, true), entry("other", 4_000, LONG_WAIT, false));

        assertThat(list.ready()).isEmpty();
        assertThat(list.soonest().orElseThrow().endpoint().name()).isEqualTo("other");
    }

    @Test
    void oneThatHasFailedIsReadyWhereTheOthersAreTooFarAway() {
        assertThat(ready(entry("failed", 0, LONG_WAIT, true), entry("other", 20_000, LONG_WAIT, false)))
                .containsExactly("failed");
    }

    @Test
    void theSoonestIsWaitedForIfItIsSoonEnough() {
        assertThat(list(entry("a", 3_000, LONG_WAIT, false), entry("b", 2_000, LONG_WAIT, false))
                .soonest()
                .orElseThrow()
                .endpoint()
                .name()).isEqualTo("b");
        assertThat(list(entry("a", 6_000, LONG_WAIT, false)).soonest()).isEmpty();
    }

    private static List<String> ready(EndpointOption... entries) {
        return list(entries).ready().stream().map(entry -> entry.endpoint().name()).toList();
    }

    private static Shortlist list(EndpointOption... entries) {
        return new Shortlist(List.of(entries), NOW);
    }

    private static EndpointOption entry(String name, long roomMillis, long maxWaitMillis, boolean tried) {
        return new EndpointOption(
                Endpoints.openAi(name, Endpoints.unlimited()),
                new Demand(0, 0),
                Breaker.Access.NORMAL,
                NOW + roomMillis * 1_000_000,
                maxWaitMillis * 1_000_000,
                tried);
    }
}
