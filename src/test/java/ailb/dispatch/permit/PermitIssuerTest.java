package ailb.dispatch.permit;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.admission.Demand;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.port.DispatchEvent;
import ailb.port.SteppedTime;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.ScriptedStore;
import ailb.state.WindowSlot;
import ailb.stats.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PermitIssuerTest {

    private static final long START = 1_795_000_020_000_000_000L;
    private static final Demand CALL = new Demand(10, 20);

    private final SteppedTime time = new SteppedTime(START);
    private final ScriptedStore store = new ScriptedStore();
    private final List<DispatchEvent> events = new ArrayList<>();
    private final Endpoint endpoint = Endpoints.openAi("a", Endpoints.requests(Pacing.SMOOTH, 600));
    private final Pool pool = Endpoints.pool(endpoint);
    private final PoolView view = new PoolView(pool, store, time, events::add);
    private final PermitIssuer issuer = new PermitIssuer(pool, store, view, time, events::add);

    @Test
    void aRefusedWriteIsRebuiltFromTheItemItBroughtBack() {
        view.refresh();
        assertThat(other().admit(
                new AdmissionRequest(endpoint, CALL, Priority.INTERACTIVE, Breaker.Access.NORMAL, 0,
                        Duration.ofSeconds(35))))
                .isInstanceOf(AdmissionResult.Granted.class);
        store.touches.clear();

        assertThat(issuer.admit(
                new AdmissionRequest(endpoint, CALL, Priority.INTERACTIVE, Breaker.Access.NORMAL, 0,
                        Duration.ofSeconds(35))))
                .isInstanceOf(AdmissionResult.Granted.class);

        assertThat(store.updates()).isEqualTo(2);
    }

    @Test
    void anItemThatMovesEveryTimeIsGivenUpAfterThreeWrites() {
        view.refresh();
        // each time an instance whose clock is further ahead has begun the slot anew: no guess is right
        long[] epoch = {Math.floorDiv(START, Window.LENGTH.toNanos()) + 2};
        store.beforeUpdate = () -> {
            WindowSlot slot = Attribute.WINDOW.get((int) (epoch[0] % 2));
            store.change("a", ConditionalUpdate.builder().put(slot.epoch(), epoch[0]));
            epoch[0] += 2;
        };

        assertThat(issuer.admit(
                new AdmissionRequest(endpoint, CALL, Priority.INTERACTIVE, Breaker.Access.NORMAL, 0,
                        Duration.ofSeconds(35))))
                .isInstanceOf(AdmissionResult.Refused.class);

        assertThat(store.updates()).isEqualTo(3);
        assertThat(events).containsExactly(new DispatchEvent.Refused("a"));
    }

    @Test
    void whatARefusedWriteBroughtBackIsRemembered() {
        view.refresh();
        open();

        issuer.admit(
                new AdmissionRequest(endpoint, CALL, Priority.INTERACTIVE, Breaker.Access.NORMAL, 0,
                        Duration.ofSeconds(35)));

        assertThat(view.state(endpoint)).isEqualTo(store.state("a"));
    }

    @Test
    void anEndpointKnownToBeOutCostsNoWrite() {
        open();
        view.refresh();

        assertThat(issuer.admit(
                new AdmissionRequest(endpoint, CALL, Priority.INTERACTIVE, Breaker.Access.NORMAL, 0,
                        Duration.ofSeconds(35))))
                .isInstanceOf(AdmissionResult.Refused.class);

        assertThat(store.updates()).isZero();
    }

    @Test
    void anEndpointThatWentOutUnseenGrantsNothing() {
        view.refresh();
        open();
        EndpointState before = store.state("a");

        assertThat(issuer.admit(
                new AdmissionRequest(endpoint, CALL, Priority.INTERACTIVE, Breaker.Access.NORMAL, 0,
                        Duration.ofSeconds(35))))
                .isInstanceOf(AdmissionResult.Refused.class);

        assertThat(store.state("a")).isEqualTo(before);
        assertThat(store.updates()).isEqualTo(1);
    }

    /** Both were found to be due for it; the second was held up by a fetch of its key. Simulation, seed 16. */
    @Test
    void aProbeIsNotMadeWhileAnotherOneOfTheSameInstanceIsUnderWay() {
        store.change(
                "a",
                ConditionalUpdate.builder()
                        .put(Attribute.BREAKER, 1)
                        .put(Attribute.OPEN_UNTIL, START)
                        .add(Attribute.GENERATION, 1));
        view.refresh();

        assertThat(issuer.admit(
                new AdmissionRequest(endpoint, CALL, Priority.INTERACTIVE, Breaker.Access.PROBE, 0,
                        Duration.ofSeconds(35))))
                .isInstanceOf(AdmissionResult.Granted.class);
        assertThat(issuer
                .admit(new AdmissionRequest(endpoint, CALL, Priority.INTERACTIVE, Breaker.Access.PROBE, 1_000_000_000,
                        Duration.ofSeconds(35))))
                .isInstanceOf(AdmissionResult.Refused.class);
    }

    @Test
    void whatIsAdmittedIsCountedInTheWindow() {
        issuer.admit(
                new AdmissionRequest(endpoint, CALL, Priority.INTERACTIVE, Breaker.Access.NORMAL, 0,
                        Duration.ofSeconds(35)));

        Window window = Window.of(store.state("a"), time.now());
        assertThat(window.sum(WindowSlot::admitted)).isEqualTo(1);
        assertThat(window.sum(WindowSlot::admittedInput)).isEqualTo(10);
        assertThat(window.sum(WindowSlot::admittedOutput)).isEqualTo(20);
    }

    @Test
    void aWriteOfUnknownOutcomeGrantsNothingAndIsNotRepeated() {
        store.down = true;

        assertThat(issuer.admit(
                new AdmissionRequest(endpoint, CALL, Priority.INTERACTIVE, Breaker.Access.NORMAL, 0,
                        Duration.ofSeconds(35))))
                .isInstanceOf(AdmissionResult.Unknown.class);

        assertThat(store.updates()).isEqualTo(1);
        assertThat(events).containsExactly(new DispatchEvent.StoreTrouble("a", "down"));
    }

    private PermitIssuer other() {
        return new PermitIssuer(pool, store, new PoolView(pool, store, time, events::add), time, events::add);
    }

    private void open() {
        store.change(
                "a",
                ConditionalUpdate.builder()
                        .put(Attribute.BREAKER, 1)
                        .put(Attribute.OPEN_UNTIL, Long.MAX_VALUE)
                        .add(Attribute.GENERATION, 1));
    }
}
