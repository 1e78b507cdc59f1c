package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoints;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.pool.Settings;
import ailb.pool.SettingsBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What an endpoint bears of another's outage. "a" gets nearly all of 20 requests/s and fails some; "b" may take 600 a
 * minute, so that retries may be 20 at once and 2 a second.
 */
class RetryBudgetBehaviourTest {

    private static final int SEEDS = Integer.getInteger("seeds", 3);
    private static final long SECONDS = 120;
    private static final double AT_ONCE = 20;
    private static final double PER_SECOND = 2;

    /** @param errors share of the calls to "a" that fail; the breaker is told to bear it */
    @ParameterizedTest
    @CsvSource({"0.05", "0.15", "0.5", "0.8"})
    void retriesAreAFifthOfAnEndpointsRateAndABurst(double errors) {
        double most = 0;
        double served = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<Double> retries = retries(seed, errors);
            assertWithinBudget(retries);
            most = Math.max(most, retries.size() / (double) SECONDS);
            served += retries.size() / (20 * errors * SECONDS * SEEDS);
        }

        System.out.printf(
                "retries, %.0f %% errors at one endpoint with 20 requests/s, %d seeds: %.2f/s at most at one that takes"
                        + " 10/s, over %d s; %.0f %% of those that failed%n",
                100 * errors, SEEDS, most, SECONDS, 100 * served);
        assertThat(most).isLessThanOrEqualTo(PER_SECOND + AT_ONCE / SECONDS);
    }

    /** In any time at all: so many at once and so many a second, the slack of two admissions, and one at each end. */
    private static void assertWithinBudget(List<Double> retries) {
        for (int from = 0; from < retries.size(); from++) {
            for (int to = from; to < retries.size(); to++) {
                double seconds = retries.get(to) - retries.get(from);
                assertThat((double) (to - from + 1)).isLessThanOrEqualTo(AT_ONCE + PER_SECOND * (seconds + 0.4) + 1);
            }
        }
    }

    /** When "b" was called for requests that "a" had failed, seconds. Each request has a thread of its own. */
    private static List<Double> retries(long seed, double errors) {
        List<Double> retries = new ArrayList<>();
        Set<Thread> failed = new HashSet<>();
        SimulatedFleet fleet = new SimulatedFleet(seed, pool(), (simulated, endpoint, _) -> {
            if (endpoint.equals("b")) {
                if (failed.contains(Thread.currentThread())) {
                    retries.add((double) simulated.elapsed() / SimulatedFleet.SECOND);
                }
            } else if (simulated.random().nextDouble() < errors) {
                simulated.pass(20 * SimulatedFleet.MILLISECOND);
                failed.add(Thread.currentThread());
                return ScriptedUpstream.error(500, "server_error", "internal");
            }
            simulated.pass(SimulatedFleet.SECOND);
            return ScriptedUpstream.answer();
        });
        fleet.run(20, SECONDS, (_, _) -> {});
        return retries;
    }

    private static Pool pool() {
        Settings settings = new SettingsBuilder()
                .consecutiveErrors(100)
                .hardConsecutiveErrors(1_000_000)
                .minimumCalls(1_000_000)
                .suspectErrorRate(1)
                .errorRate(1)
                .maxWait(Duration.ZERO)
                .latency(false)
                .build();
        return new Pool(
                List.of(
                        Endpoints.endpoint("a", Provider.OPENAI, 1000, Endpoints.unlimited()),
                        Endpoints.endpoint("b", Provider.OPENAI, 0.001, Endpoints.requests(Pacing.BUCKET, 600))),
                settings);
    }
}
