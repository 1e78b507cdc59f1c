package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoints;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.port.Upstream;
import ailb.protocol.wire.Headers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Half as many requests again as two endpoints take, whose providers keep a token bucket each: as deep as the limit a
 * minute, full at first.
 */
class OverloadBehaviourTest {

    private static final int SEEDS = Integer.getInteger("seeds", 3);
    private static final int LIMIT = 600;
    private static final Pool POOL = Endpoints.pool(
            Endpoints.openAi("a", Endpoints.requests(Pacing.BUCKET, LIMIT)),
            Endpoints.openAi("b", Endpoints.requests(Pacing.BUCKET, LIMIT)));

    private static final double PER_SECOND = 1.5 * 2 * LIMIT / 60;

    /** By then the buckets, that are full at first, are empty: 1,200 calls more than are refilled, at 10 a second. */
    private static final long FROM = 180;

    private static final long UNTIL = FROM + 300;

    /** @param jitter longest way of a call to its provider, milliseconds */
    @ParameterizedTest
    @ValueSource(longs = {0, 20})
    void theLimitsAreUsedAndKept(long jitter) {
        double served = 1;
        double refused = 0;
        double writes = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Figures figures = figures(seed, jitter);
            served = Math.min(served, figures.served());
            refused = Math.max(refused, figures.refused());
            writes = Math.max(writes, figures.writes());
        }

        System.out.printf(
                "overload, 150 %% for 8 min, calls 0 to %d ms on their way, worst of %d seeds: served %.2f %% of the"
                        + " limits, %.3f of 1,000 calls refused by the provider, %.4f admission writes a request%n",
                jitter, SEEDS, 100 * served, 1000 * refused, writes);
        assertThat(served).isGreaterThanOrEqualTo(0.98);
        assertThat(refused).isLessThanOrEqualTo(0.001);
        assertThat(writes).isLessThanOrEqualTo(1.05);
    }

    /** Shares of the limits, and of the calls; writes a request offered. */
    private record Figures(double served, double refused, double writes) {}

    private static Figures figures(long seed, long jitter) {
        Map<String, Provider> providers = new HashMap<>();
        SimulatedFleet fleet = new SimulatedFleet(
                seed, POOL, (simulated, name, _) -> providers
                        .computeIfAbsent(name, _ -> new Provider())
                        .answer(simulated, jitter));
        fleet.run(PER_SECOND, UNTIL, (_, _) -> {});
        long calls = 0;
        long refused = 0;
        long served = 0;
        for (Provider provider : providers.values()) {
            calls += provider.calls;
            refused += provider.refused;
            served += provider.served;
        }
        return new Figures(
                served / (2.0 * LIMIT / 60 * (UNTIL - FROM)),
                (double) refused / calls,
                (double) fleet.admissionWrites() / fleet.offered());
    }

    /** Holds so many tokens at most, and refills by the second; each call takes one. */
    private static final class Provider {

        private double tokens = LIMIT;
        private long filled;
        private long calls;
        private long refused;
        private long served;

        Upstream.Result answer(SimulatedFleet fleet, long jitter) throws InterruptedException {
            fleet.pass((long) (jitter * SimulatedFleet.MILLISECOND * fleet.random().nextDouble()));
            long now = fleet.elapsed();
            tokens = Math.min(LIMIT, tokens + (now - filled) * (LIMIT / 60.0) / SimulatedFleet.SECOND);
            filled = now;
            calls++;
            if (tokens < 1) {
                refused++;
                long wait = (long) Math.ceil((1 - tokens) / (LIMIT / 60.0));
                return new Upstream.Reply(
                        429,
                        new Headers(Map.of("retry-after", Long.toString(wait))),
                        """
                        {"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}"""
                                .getBytes(StandardCharsets.UTF_8));
            }
            tokens--;
            if (now >= FROM * SimulatedFleet.SECOND && now < UNTIL * SimulatedFleet.SECOND) {
                served++;
            }
            fleet.pass((long) (SimulatedFleet.SECOND * (0.5 + fleet.random().nextDouble())));
            return ScriptedUpstream.answer();
        }
    }
}
