package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.health.Breaker;
import ailb.health.Recent;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.pool.Settings;
import ailb.port.DispatchEvent;
import ailb.port.Upstream;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import ailb.stats.Window;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongToDoubleFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the default rules of the breaker do about chance, an outage and a brown-out. */
class BreakerBehaviourTest {

    private static final long START = 1_800_000_000_000_000_000L;
    private static final int SEEDS = Integer.getInteger("seeds", 1);
    private static final Pool POOL = Endpoints.pool(
            Endpoints.openAi("a", Endpoints.unlimited()), Endpoints.openAi("b", Endpoints.unlimited()));

    /** Nearly all goes to "a" first. */
    private static final Pool MOST_TO_A = Endpoints.pool(
            Endpoints.endpoint("a", Provider.OPENAI, 1000, Endpoints.unlimited()),
            Endpoints.endpoint("b", Provider.OPENAI, 0.001, Endpoints.unlimited()));

    /** From this second on "a" is ill. */
    private static final long ILL_FROM = 40;

    @ParameterizedTest
    @ValueSource(ints = {20, 200})
    void fivePercentErrorsNeverOpenItInAnHour(int perSecond) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            assertThat(openingsInAnHour(seed, perSecond, 0.05)).as("seed %d", seed).isZero();
        }
    }

    /** Between the 5 % that a healthy endpoint may have and the 20 % of a suspect one. */
    @ParameterizedTest
    @CsvSource({"20, 0.1", "200, 0.1", "20, 0.15", "200, 0.15"})
    void upTo15PercentErrorsSeldomOpenIt(int perSecond, double errors) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            assertThat(openingsInAnHour(seed, perSecond, errors)).as("seed %d", seed).isLessThan(20);
        }
    }

    /**
     * The breaker's and the window's own writes, without the dispatcher around them: 720,000 calls take seconds. Each
     * opening ends at once, so that the hour goes on.
     */
    private static int openingsInAnHour(long seed, int perSecond, double errors) {
        Breaker breaker = new Breaker(Settings.DEFAULT.health());
        Random random = new Random(seed);
        EndpointState state = EndpointState.EMPTY;
        int calls = perSecond * 3600;
        int failures = 0;
        int openings = 0;
        for (int call = 0; call < calls; call++) {
            long now = START + call * (SimulatedFleet.SECOND / perSecond);
            boolean fails = random.nextDouble() < errors;
            ConditionalUpdate.Builder update = ConditionalUpdate.builder().add(Attribute.TOTAL_REQUESTS, 1);
            Window.of(state, now)
                    .count(update,
                            Map.of(WindowSlot::calls, 1L, fails ? WindowSlot::failures : WindowSlot::successes, 1L));
            if (fails) {
                failures++;
                Breaker.failed(update);
                breaker.raiseFaultLevel(update, state);
            } else {
                Breaker.succeeded(update);
            }
            state = update.build().applyTo(state);
            if (fails) {
                Window window = Window.of(state, now);
                Recent recent = new Recent(window.sum(WindowSlot::calls), window.sum(WindowSlot::failures));
                if (breaker.trip(state, FailureClass.SERVER, recent, 0, now, random).isPresent()) {
                    openings++;
                    state = ConditionalUpdate.builder()
                            .remove(Attribute.CONSECUTIVE_FAILURES)
                            .remove(Attribute.FAULT_LEVEL)
                            .build()
                            .applyTo(state);
                }
            }
        }

        System.out.printf(
                "breaker, %.0f %% errors: %d requests/s on the endpoint, 1 hour: %d calls, %d failed, %d openings%n",
                100 * errors, perSecond, calls, failures, openings);
        return openings;
    }

    @Test
    void anOutageIsFound() {
        List<Double> found = found(seed -> byChance(seed, new Illness(1, 0.5, 1.5, true)));

        print("total outage, calls under way fail too, by chance", found);
        assertThat(found).allMatch(seconds -> seconds < 1);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 1.5", "5, 15"})
    void anOutageIsFoundWithinASecondWhileOlderCallsAreStillAnswered(double quickest, double slowest) {
        List<Double> found = found(seed -> evenly(seed, new Illness(1, quickest, slowest, false)));

        print("total outage, calls under way, %.1f to %.1f s each, are answered yet, evenly"
                .formatted(quickest, slowest), found);
        assertThat(found).allMatch(seconds -> seconds < 1);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 1.5", "5, 15"})
    void theSameWithRequestsThatComeByChance(double quickest, double slowest) {
        List<Double> found = found(seed -> byChance(seed, new Illness(1, quickest, slowest, false)));

        print("total outage, calls under way, %.1f to %.1f s each, are answered yet, by chance"
                .formatted(quickest, slowest), found);
        assertThat(found).allMatch(seconds -> seconds < 3);
    }

    @Test
    void aBrownOutIsFound() {
        List<Double> found = found(seed -> byChance(seed, new Illness(0.6, 0.5, 1.5, false)));

        print("brown-out, 60 % errors, by chance", found);
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
    private static List<Double> found(LongToDoubleFunction simulation) {
        return LongStream.rangeClosed(1, 20).mapToObj(simulation::applyAsDouble).toList();
    }

    /** 40 requests/s by chance, of which "a" gets half. */
    private static double byChance(long seed, Illness illness) {
        SimulatedFleet fleet = new SimulatedFleet(seed, POOL, illness::answer);
        fleet.run(40, ILL_FROM + 20, (_, _) -> {});
        return found(fleet);
    }

    private static double evenly(long seed, Illness illness) {
        SimulatedFleet fleet = new SimulatedFleet(seed, MOST_TO_A, illness::answer);
        fleet.runEvenly(20, ILL_FROM + 20, (_, _) -> {});
        return found(fleet);
    }

    private static double found(SimulatedFleet fleet) {
        List<Double> opened = fleet.told()
                .stream()
                .filter(told -> told.event() instanceof DispatchEvent.Opened(String name, _) && name.equals("a"))
                .map(told -> (double) told.at() / SimulatedFleet.SECOND - ILL_FROM)
                .toList();
        assertThat(opened).isNotEmpty();
        assertThat(opened.getFirst()).as("not before it was ill").isPositive();
        return opened.getFirst();
    }

    /**
     * What becomes of "a". Errors take 20 ms.
     *
     * @param errors share of the calls that fail
     * @param quickest seconds an answer takes at least
     * @param slowest seconds an answer takes at most
     * @param underWay whether calls under way fail too, as it falls ill
     */
    private record Illness(double errors, double quickest, double slowest, boolean underWay) {

        Upstream.Result answer(SimulatedFleet fleet, String endpoint, Duration timeout) throws InterruptedException {
            boolean fails = fleet.random().nextDouble() < errors;
            long illFrom = ILL_FROM * SimulatedFleet.SECOND;
            double seconds = quickest + (slowest - quickest) * fleet.random().nextDouble();
            long takes = (long) (SimulatedFleet.SECOND * seconds);
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
}
