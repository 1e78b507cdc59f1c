package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.health.Breaker;
import ailb.health.Recent;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.Pool;
import ailb.pool.Settings;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import ailb.stats.Window;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the default rules of the breaker do about chance, an outage and a brown-out. */
class BreakerBehaviourTest {

    private static final long START = 1_800_000_000_000_000_000L;
    private static final Pool POOL = Endpoints.pool(
            Endpoints.openAi("a", Endpoints.unlimited()), Endpoints.openAi("b", Endpoints.unlimited()));

    /** From this second on "a" is ill. */
    private static final long ILL_FROM = 40;

    /** The breaker's and the window's own writes, without the dispatcher around them: 720,000 calls take seconds. */
    @ParameterizedTest
    @ValueSource(ints = {20, 200})
    void fivePercentErrorsNeverOpenItInAnHour(int perSecond) {
        Breaker breaker = new Breaker(Settings.DEFAULT.health());
        Random random = new Random(1);
        EndpointState state = EndpointState.EMPTY;
        int calls = perSecond * 3600;
        int failures = 0;
        int openings = 0;
        for (int call = 0; call < calls; call++) {
            long now = START + call * (SimulatedFleet.SECOND / perSecond);
            boolean fails = random.nextDouble() < 0.05;
            ConditionalUpdate.Builder update = ConditionalUpdate.builder();
            Window.of(state, now)
                    .count(update,
                            Map.of(WindowSlot::calls, 1L, fails ? WindowSlot::failures : WindowSlot::successes, 1L));
            if (fails) {
                failures++;
                Breaker.failed(update);
            } else {
                Breaker.succeeded(update);
            }
            state = update.build().applyTo(state);
            if (fails) {
                Window window = Window.of(state, now);
                Recent recent = new Recent(window.sum(WindowSlot::calls), window.sum(WindowSlot::failures));
                openings += breaker.trip(state, FailureClass.SERVER, recent, 0, now, random).isPresent() ? 1 : 0;
            }
        }

        System.out.printf(
                "breaker, 5 %% errors: %d requests/s on the endpoint, 1 hour: %d calls, %d failed, %d openings%n",
                perSecond, calls, failures, openings);
        assertThat(openings).isZero();
    }

    @Test
    void anOutageIsFound() {
        List<Double> found = found(1, true);

        print("total outage, calls under way fail too", found);
        assertThat(found).allMatch(seconds -> seconds < 1);
    }

    @Test
    void anOutageThatSparesTheCallsUnderWayIsFound() {
        List<Double> found = found(1, false);

        print("total outage, calls under way are answered yet", found);
    }

    @Test
    void aBrownOutIsFound() {
        List<Double> found = found(0.6, false);

        print("brown-out, 60 % errors", found);
        assertThat(found).allMatch(seconds -> seconds < 15);
    }

    private static void print(String what, List<Double> found) {
        System.out.printf(
                "breaker, %s: 20 requests/s on the endpoint, %d seeds: found after %.2f s on the mean, %.2f s at most%n",
                what,
                found.size(),
                found.stream().mapToDouble(Double::doubleValue).average().orElseThrow(),
                Collections.max(found));
    }

    /** Seconds until "a" is out, for 20 seeds. */
    private static List<Double> found(double errors, boolean underWay) {
        return LongStream.rangeClosed(1, 20)
                .mapToObj(seed -> found(seed, errors, underWay))
                .toList();
    }

    private static double found(long seed, double errors, boolean underWay) {
        SimulatedFleet fleet = new SimulatedFleet(
                seed, POOL, (simulated, endpoint, _) -> answer(simulated, endpoint, errors, underWay));
        fleet.run(40, ILL_FROM + 20, (_, _) -> {});
        List<Double> opened = fleet.told()
                .stream()
                .filter(told -> told.event() instanceof DispatchEvent.Opened(String name, _) && name.equals("a"))
                .map(told -> (double) told.at() / SimulatedFleet.SECOND - ILL_FROM)
                .toList();
        assertThat(opened).isNotEmpty();
        assertThat(opened.getFirst()).as("not before it was ill").isPositive();
        return opened.getFirst();
    }

    /** Answers take 0.5 to 1.5 s, errors 20 ms. */
    private static Upstream.Result answer(SimulatedFleet fleet, String endpoint, double errors, boolean underWay)
            throws InterruptedException {
        boolean fails = fleet.random().nextDouble() < errors;
        long illFrom = ILL_FROM * SimulatedFleet.SECOND;
        long takes = (long) (SimulatedFleet.SECOND * (0.5 + fleet.random().nextDouble()));
        if (endpoint.equals("a") && fails) {
            if (fleet.elapsed() >= illFrom) {
                fleet.pass(20 * SimulatedFleet.MILLISECOND);
                return ScriptedUpstream.error(500, "server_error", "internal");
            }
            if (underWay && fleet.elapsed() + takes > illFrom) {
                fleet.pass(illFrom - fleet.elapsed());
                return ScriptedUpstream.failed(FailureClass.TRANSPORT);
            }
        }
        fleet.pass(takes);
        return ScriptedUpstream.answer();
    }
}
