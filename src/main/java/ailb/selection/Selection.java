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
 * Weighted random choice by {@code weight x capacity x latency factor x cost factor x recovery}. Never the best score
 * itself: instances that all see the same state would all send to the same endpoint.
 */
public final class Selection {

    /** Below this share no endpoint's capacity or latency pushes its score: it would never be seen to recover. */
    private static final double LEAST_CAPACITY = 0.02;

    private static final double LEAST_LATENCY_FACTOR = 0.05;

    private final boolean latency;

    /** @param latency whether the quicker endpoints are preferred */
    public Selection(boolean latency) {
        this.latency = latency;
    }

    /** Picks one of the candidates, of which there must be at least one. */
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
     * Multiplies each score by the square of how much quicker the median endpoint is, 0.05 to 1; by 1 where nothing is
     * known. As what is known grows old it moves to 1 by equal ratios: in a straight line an endpoint slow enough for 0.05
     * would be at four times that within 10 s.
     *
     * @param known how much each of the latencies still tells, 0 to 1
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
