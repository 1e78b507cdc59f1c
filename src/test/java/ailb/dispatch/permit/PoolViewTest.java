package ailb.dispatch.permit;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.admission.Demand;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.Pool;
import ailb.port.DispatchEvent;
import ailb.port.SteppedTime;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.ScriptedStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PoolViewTest {

    private static final long START = 1_795_000_020_000_000_000L;

    private final SteppedTime time = new SteppedTime(START);
    private final ScriptedStore store = new ScriptedStore();
    private final List<DispatchEvent> events = new ArrayList<>();
    private final Endpoint endpoint = Endpoints.openAi("a", Endpoints.unlimited());
    private final Pool pool = Endpoints.pool(endpoint);
    private final PoolView view = new PoolView(pool, store, time, events::add);

    @Test
    void aClockSetBackMakesAViewOld() {
        view.refresh();
        time.pass(Duration.ofHours(-1));
        view.refresh();

        assertThat(store.reads()).isEqualTo(2);
    }

    @Test
    void aClockSetBackDoesNotHideWhatIsRead() {
        view.saw(endpoint, EndpointState.EMPTY);
        time.pass(Duration.ofHours(-1));
        store.change("a", ConditionalUpdate.builder().put(Attribute.BREAKER, 1));
        view.refresh();

        assertThat(view.state(endpoint).has(Attribute.BREAKER)).isTrue();
    }

    @Test
    void aStaleReadDoesNotHideAMoveOfTheBreakerButAnItemPutBackDoesSoon() {
        store.change("a", ConditionalUpdate.builder().put(Attribute.GENERATION, 2));
        view.refresh();
        store.change("a", ConditionalUpdate.builder().put(Attribute.GENERATION, 1));
        time.pass(Duration.ofMillis(4_900));
        view.refresh();
        assertThat(view.state(endpoint).get(Attribute.GENERATION)).isEqualTo(2);

        time.pass(Duration.ofMillis(300));
        view.refresh();
        assertThat(view.state(endpoint).get(Attribute.GENERATION)).isEqualTo(1);
    }

    /** The other caller comes while the first one reads. */
    @Test
    void oneCallerReadsAnewWhileOthersGoOnWithWhatIsKnown() {
        view.refresh();
        time.pass(Duration.ofMillis(300));
        store.duringRead = view::refresh;
        view.refresh();
        assertThat(store.reads()).isEqualTo(2);

        store.duringRead = () -> {};
        time.pass(Duration.ofMillis(300));
        view.refresh();
        assertThat(store.reads()).isEqualTo(3);
    }

    @Test
    void nobodyGoesOnWithAViewOfASecond() {
        view.refresh();
        time.pass(Duration.ofSeconds(1));
        store.duringRead = () -> {
            store.duringRead = () -> {};
            view.refresh();
        };
        view.refresh();

        assertThat(store.reads()).isEqualTo(3);
    }

    @Test
    void aReadDoesNotHideWhatAWriteHasBroughtBackMeanwhile() {
        EndpointState written = new EndpointState(Map.of(Attribute.HOLD, 7L));
        store.duringRead = () -> {
            time.pass(Duration.ofMillis(1));
            view.saw(endpoint, written);
        };

        view.refresh();

        assertThat(view.state(endpoint)).isEqualTo(written);
    }

    /** Of two threads the slower one may note its item last. */
    @Test
    void whatAWriteBroughtBackEarlierDoesNotHideAMoveOfTheBreaker() {
        EndpointState moved = new EndpointState(Map.of(Attribute.GENERATION, 2L, Attribute.BREAKER, 1L));
        view.saw(endpoint, moved);

        view.saw(endpoint, new EndpointState(Map.of(Attribute.GENERATION, 1L)));

        assertThat(view.state(endpoint)).isEqualTo(moved);
    }

    @Test
    void theAgeOfAViewCountsFromWhenItWasAskedFor() {
        store.duringRead = () -> time.pass(Duration.ofMillis(200));
        view.refresh();
        store.duringRead = () -> {};
        time.pass(Duration.ofMillis(50));
        view.refresh();

        assertThat(store.reads()).isEqualTo(2);
    }

    @Test
    void aReadInVainLeavesTheOldViewAndIsTriedAgain() {
        store.change("a", ConditionalUpdate.builder().put(Attribute.HOLD, 7));
        view.refresh();
        time.pass(Duration.ofSeconds(2));
        store.down = true;
        view.refresh();
        view.refresh();

        assertThat(store.reads()).isEqualTo(3);
        assertThat(view.state(endpoint).get(Attribute.HOLD)).isEqualTo(7);
        assertThat(events).containsOnly(new DispatchEvent.StoreTrouble("all", "down"));
    }

    @Test
    void anObservationTellsItsAgeAndTheRateOfTheFleet() {
        PermitIssuer issuer = new PermitIssuer(pool, store, view, time, events::add);
        for (int call = 0; call < 60; call++) {
            issuer.admit(
                    new AdmissionRequest(endpoint, new Demand(0, 0), Priority.INTERACTIVE, Breaker.Access.NORMAL, 0,
                            Duration.ofSeconds(35)));
        }
        time.pass(Duration.ofMillis(200));

        assertThat(view.observe(endpoint).age()).isEqualTo(200_000_000);
        assertThat(view.observe(endpoint).callsPerSecond()).isEqualTo(2);
    }
}
