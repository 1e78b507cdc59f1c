package ailb.selection;

import ailb.health.Breaker;
import ailb.stats.KnownP95;
import ailb.stats.LimitUse;
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
        double[] factors = latency ? latencyFactors(candidates, now) : ones(candidates.size());
        cost.weigh(candidates, factors);
        for (int i = 0; i < factors.length; i++) {
            Candidate candidate = candidates.get(i);
            double capacity = LimitUse.capacity(candidate.endpoint().limits(), candidate.state(), now);
            factors[i] *= candidate.endpoint().weight()
                    * Math.max(LEAST_CAPACITY, capacity)
                    * Breaker.recovery(candidate.state(), now);
        }
        return factors;
    }

    /**
     * The square of how much quicker the median endpoint is, 0.05 to 1; 1 where nothing is known. As what is known grows
     * old it moves to 1 by equal ratios: in a straight line an endpoint slow enough for 0.05 would be at four times that
     * within 10 s.
     */
    private static double[] latencyFactors(List<Candidate> candidates, long now) {
        double[] nanos = new double[candidates.size()];
        double[] weights = new double[nanos.length];
        double[] sorted = new double[nanos.length];
        int known = 0;
        for (int i = 0; i < nanos.length; i++) {
            KnownP95 p95 = KnownP95.of(candidates.get(i).state(), now);
            nanos[i] = p95.nanos();
            weights[i] = p95.weight();
            if (weights[i] > 0) {
                sorted[known++] = nanos[i];
            }
        }
        double[] factors = ones(nanos.length);
        Arrays.sort(sorted, 0, known);
        for (int i = 0; i < factors.length; i++) {
            if (weights[i] > 0) {
                double ratio = sorted[(known - 1) / 2] / nanos[i];
                double full = Math.clamp(ratio * ratio, LEAST_LATENCY_FACTOR, 1);
                factors[i] = weights[i] == 1 ? full : Math.pow(full, weights[i]);
            }
        }
        return factors;
    }

    private static double[] ones(int length) {
        double[] ones = new double[length];
        Arrays.fill(ones, 1);
        return ones;
    }
}
