package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoints;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.port.DispatchEvent;
import ailb.state.Attribute;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reports that meet at one item: none may be lost, whatever the others have made of it meanwhile. */
class RecordingUnderContentionTest {

    private static final Pool POOL = Endpoints.pool(
            Endpoints.endpoint("a", Provider.OPENAI, 1000, Endpoints.unlimited()),
            Endpoints.endpoint("b", Provider.OPENAI, 0.001, Endpoints.unlimited()));

    @ParameterizedTest
    @CsvSource({
        // requests a second, instances, milliseconds that the store takes
        "200, 200, 10", "500, 50, 10",
    })
    void noReportIsLostAtATenthOfErrors(int perSecond, int instances, long storeTakes) {
        AtomicInteger faults = new AtomicInteger();
        AtomicInteger calls = new AtomicInteger();
        SimulatedFleet fleet = new SimulatedFleet(
                1, POOL, instances, storeTakes * SimulatedFleet.MILLISECOND, (simulated, endpoint, _) -> {
                    boolean fails = endpoint.equals("a") && simulated.random().nextDouble() < 0.1;
                    simulated.pass((long) (SimulatedFleet.SECOND * (0.5 + simulated.random().nextDouble())));
                    if (endpoint.equals("a")) {
                        calls.incrementAndGet();
                        faults.addAndGet(fails ? 1 : 0);
                    }
                    return fails
                            ? ScriptedUpstream.error(500, "server_error", "internal")
                            : ScriptedUpstream.answer();
                });

        fleet.run(perSecond, 10, (_, _) -> {});

        assertThat(troubles(fleet)).isEmpty();
        assertThat(faults.get()).isGreaterThan(perSecond / 2);
        assertThat(fleet.state("a").get(Attribute.TOTAL_FAILURES)).isEqualTo(faults.get());
        assertThat(fleet.state("a").get(Attribute.TOTAL_REQUESTS)).isEqualTo(calls.get());
    }

    /** A provider that goes down takes all the calls under way with it, in the same instant. */
    @ParameterizedTest
    @CsvSource({"20", "200", "1000"})
    void callsThatFailAllAtOnceAreAllReported(int calls) {
        AtomicInteger faults = new AtomicInteger();
        SimulatedFleet fleet = new SimulatedFleet(
                1, POOL, 100, 10 * SimulatedFleet.MILLISECOND, (simulated, endpoint, _) -> {
                    if (endpoint.equals("a") && simulated.elapsed() < 2 * SimulatedFleet.SECOND) {
                        simulated.pass(2 * SimulatedFleet.SECOND - simulated.elapsed());
                        faults.incrementAndGet();
                        return ScriptedUpstream.error(500, "server_error", "internal");
                    }
                    simulated.pass(SimulatedFleet.SECOND);
                    return ScriptedUpstream.answer();
                });
        for (int i = 0; i < calls; i++) {
            fleet.come((double) i / calls, i % 100, (_, _) -> {});
        }
        fleet.run();

        assertThat(troubles(fleet)).isEmpty();
        assertThat(fleet.state("a").get(Attribute.TOTAL_FAILURES)).isEqualTo(faults.get());
        assertThat(fleet.told().stream().filter(told -> told.event() instanceof DispatchEvent.Opened)).hasSize(1);
    }

    private static List<SimulatedFleet.Told> troubles(SimulatedFleet fleet) {
        return fleet.told()
                .stream()
                .filter(told -> told.event() instanceof DispatchEvent.StoreTrouble)
                .toList();
    }
}
