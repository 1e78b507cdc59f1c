package ailb.selection;

import ailb.health.SlowStart;
import ailb.pool.Endpoint;
import ailb.state.EndpointState;
import ailb.stats.KnownP95;
import ailb.stats.LimitUse;
import ailb.stats.Window;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Weighted random choice by {@code weight x capacity x latency factor x cost factor x recovery}. It does not simply
 * take the best score: all instances see the same state and would all choose the same endpoint.
 */
public final class Selection {

    /** The least factor for capacity: an endpoint without any calls could not be seen to recover. */
    private static final double LEAST_CAPACITY = 0.02;

    private static final double LEAST_LATENCY_FACTOR = 0.05;

    private final boolean latency;

    /** @param latency whether faster endpoints are preferred */
    public Selection(boolean latency) {
        this.latency = latency;
    }

    /** Picks one of the candidates; there must be at least one. */
    public Candidate choose(List<Candidate> candidates, CostRule cost, long now, RandomGenerator random) {
        double[] scores = scores(candidates, cost, now);
        double sum = 0;
        for (double score : scores) {
            sum += score;
        }
        double mark = random.nextDouble() * sum;
        int choice = 0;
        while (choice < scores.length - 1 && mark >= scores[choice]) {
            mark -= scores[choice];
            choice++;
        }
        return candidates.get(choice);
    }

    double[] scores(List<Candidate> candidates, CostRule cost, long now) {
        double[] scores = new double[candidates.size()];
        double[] nanos = new double[scores.length];
        double[] known = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            EndpointState state = candidates.get(i).state();
            Endpoint endpoint = candidates.get(i).endpoint();
            Window window = Window.of(state, now);
            double capacity = LimitUse.capacity(endpoint.limits(), state, window, now);
            scores[i] = endpoint.weight() * Math.max(LEAST_CAPACITY, capacity) * SlowStart.share(state, now);
            if (latency) {
                KnownP95 p95 = KnownP95.of(state, window, now);
                nanos[i] = p95.nanos();
                known[i] = p95.weight();
            }
        }
        weighLatencies(nanos, known, scores);
        cost.weigh(candidates, scores);
        return scores;
    }

    /**
     * Multiplies each score by {@code (median / own)^2}, limited to 0.05 to 1; by 1 where the latency is not known. The
     * factor rises to 1 exponentially as the latency gets older (ADR 9). A linear rise would take a factor of 0.05 to
     * four times that within 10 s.
     *
     * @param known the weight of each latency, 0 (too old) to 1 (current)
     */
    private static void weighLatencies(double[] nanos, double[] known, double[] scores) {
        double[] sorted = new double[nanos.length];
        int count = 0;
        for (int i = 0; i < nanos.length; i++) {
            if (known[i] > 0) {
                sorted[count++] = nanos[i];
            }
        }
        Arrays.sort(sorted, 0, count);
        for (int i = 0; i < nanos.length; i++) {
            if (known[i] > 0) {
                double ratio = sorted[(count - 1) / 2] / nanos[i];
                double full = Math.clamp(ratio * ratio, LEAST_LATENCY_FACTOR, 1);
                scores[i] *= known[i] == 1 ? full : Math.pow(full, known[i]);
            }
        }
    }
}
