package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.Pool;
import ailb.port.DispatchEvent;
import ailb.port.Upstream;
import ailb.state.Attribute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a fleet finds out that an endpoint is well again. "a" is ill for its first 10 s, and is then out for a minute. */
class ProbeBehaviourTest {

    private static final Pool POOL = Endpoints.pool(
            Endpoints.openAi("a", Endpoints.unlimited()), Endpoints.openAi("b", Endpoints.unlimited()));

    private static final long ILL_UNTIL = 10 * SimulatedFleet.SECOND;

    /**
     * An attempt may take the request's 60 s, less the 5 ms of its first read and the 250 ms that are kept to answer; a
     * lease is 5 s more.
     */
    private static final long LEASE = Duration.ofMillis(64_745).toNanos();

    private final List<Long> callsOfA = new ArrayList<>();
    private int inFlight;
    private int mostInFlight;

    /** What becomes of a call to "a" once it is well, the first being 0. */
    private interface Fate {
        Upstream.Result of(SimulatedFleet fleet, int call) throws InterruptedException;
    }

    private SimulatedFleet fleet(long seed, int size, Fate fate) {
        return new SimulatedFleet(seed, POOL, size, 5 * SimulatedFleet.MILLISECOND, (fleet, endpoint, _) -> {
            if (endpoint.equals("b")) {
                fleet.pass(SimulatedFleet.SECOND);
                return ScriptedUpstream.answer();
            }
            if (fleet.elapsed() < ILL_UNTIL) {
                fleet.pass(20 * SimulatedFleet.MILLISECOND);
                return ScriptedUpstream.error(500, "server_error", "internal");
            }
            callsOfA.add(fleet.elapsed());
            inFlight++;
            boolean closed = !fleet.state("a").has(Attribute.BREAKER);
            mostInFlight = closed ? mostInFlight : Math.max(mostInFlight, inFlight);
            try {
                return fate.of(fleet, callsOfA.size() - 1);
            } finally {
                inFlight--;
            }
        });
    }

    private static Upstream.Result answered(SimulatedFleet fleet) throws InterruptedException {
        fleet.pass(SimulatedFleet.SECOND);
        return ScriptedUpstream.answer();
    }

    /** Takes "a" out, and tells from what second on it is surely due for a probe. */
    private static double due(SimulatedFleet fleet) {
        for (int i = 0; i < 40; i++) {
            fleet.come(i * 0.05, 0, (_, _) -> {});
        }
        fleet.run();
        SimulatedFleet.Told opened = aboutA(fleet, 0).getLast();
        assertThat(opened.event()).isInstanceOf(DispatchEvent.Opened.class);
        return 60 + (double) opened.at() / SimulatedFleet.SECOND;
    }

    private static List<SimulatedFleet.Told> aboutA(SimulatedFleet fleet, double fromSecond) {
        return fleet.told()
                .stream()
                .filter(told -> told.event().endpoint().equals("a") && told.at() >= fromSecond * SimulatedFleet.SECOND)
                .filter(told -> !(told.event() instanceof DispatchEvent.Refused))
                .toList();
    }

    private static List<String> names(List<SimulatedFleet.Told> log) {
        return log.stream().map(told -> told.event().getClass().getSimpleName()).toList();
    }

    /** 20 requests a second to one instance after the other. */
    private static void offer(SimulatedFleet fleet, int size, double fromSecond, int seconds) {
        for (int i = 0; i < 20 * seconds; i++) {
            fleet.come(fromSecond + i * 0.05, i % size, (_, _) -> {});
        }
        fleet.run();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void ofAThousandInstancesThatAreAskedAtOnceOneMakesTheProbeAndTheOthersGoElsewhere(long seed) {
        SimulatedFleet fleet = fleet(seed, 1000, (simulated, _) -> answered(simulated));
        double due = due(fleet);
        List<String> answeredBy = new ArrayList<>();

        for (int i = 0; i < 1000; i++) {
            fleet.come(due + 0.02 * i / 1000, i, (_, result) -> answeredBy.add(endpointOf(result)));
        }
        fleet.run();

        assertThat(mostInFlight).isEqualTo(1);
        assertThat(names(aboutA(fleet, due))).containsExactly("Admitted", "Answered", "Closed");
        assertThat(answeredBy).hasSize(1000).containsOnlyOnce("a").containsOnly("a", "b");
    }

    private static String endpointOf(DispatchResult result) {
        return result instanceof DispatchResult.Answered(String endpoint, int _, byte[] _) ? endpoint : "none";
    }

    @Test
    void aProbeWhoseHolderDiesIsReplacedAfterItsLeaseAndNotBefore() {
        SimulatedFleet fleet = fleet(1, 100, (simulated, call) -> {
            if (call == 0) {
                throw new SimulatedFleet.Died();
            }
            return answered(simulated);
        });
        double due = due(fleet);

        offer(fleet, 100, due, 70);

        List<SimulatedFleet.Told> log = aboutA(fleet, due);
        assertThat(names(log)).startsWith("Admitted", "Admitted", "Answered", "Closed");
        assertThat(log.get(1).at() - log.get(0).at())
                .isBetween(LEASE, LEASE + SimulatedFleet.SECOND / 20 + 20 * SimulatedFleet.MILLISECOND);
        assertThat(mostInFlight).isEqualTo(1);
    }

    /** The first probe's instance was frozen, and comes back after the second probe has closed the breaker. */
    @Test
    void aLateFaultOpensNothing() {
        SimulatedFleet fleet = fleet(1, 100, (simulated, call) -> {
            if (call == 0) {
                simulated.pass(70 * SimulatedFleet.SECOND);
                return ScriptedUpstream.failed(FailureClass.TIMEOUT);
            }
            return answered(simulated);
        });
        double due = due(fleet);
        long faultsBefore = fleet.state("a").get(Attribute.TOTAL_FAILURES);

        offer(fleet, 100, due, 75);

        List<String> log = names(aboutA(fleet, due));
        assertThat(log).startsWith("Admitted", "Admitted", "Answered", "Closed").containsOnlyOnce("Failed", "Closed");
        assertThat(log).doesNotContain("Opened");
        assertThat(fleet.state("a").get(Attribute.TOTAL_FAILURES)).isEqualTo(faultsBefore + 1);
        assertThat(fleet.state("a").has(Attribute.FAULT_LEVEL)).isFalse();
    }

    /** The same, but the second probe has failed. */
    @Test
    void aLateAnswerClosesNothing() {
        SimulatedFleet fleet = fleet(1, 100, (simulated, call) -> {
            if (call == 0) {
                simulated.pass(70 * SimulatedFleet.SECOND);
                return ScriptedUpstream.answer();
            }
            return ScriptedUpstream.error(500, "server_error", "internal");
        });
        double due = due(fleet);

        offer(fleet, 100, due, 75);

        assertThat(names(aboutA(fleet, due))).containsExactly("Admitted", "Admitted", "Failed", "Opened", "Answered");
        assertThat(fleet.state("a").has(Attribute.BREAKER)).isTrue();
    }
}
