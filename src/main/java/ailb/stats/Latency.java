package ailb.stats;

import ailb.state.Attribute;
import ailb.state.WindowSlot;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * The latency of answers as a histogram with logarithmic buckets over the rolling window. Bucket 0 ends at 100 ms, each
 * further bucket ends at 1.25 times the bound before, and the last has no upper bound. Latencies are normalised to an
 * answer of 256 tokens, so that long answers do not make an endpoint look slow.
 */
public final class Latency {

    /** The minimum number of samples for a quantile. */
    public static final int ENOUGH = 10;

    private static final double FIRST_BOUND = Duration.ofMillis(100).toNanos();
    private static final double GROWTH = 1.25;
    /** The time before the first token, as the time of this many tokens. */
    private static final double LEAD_TOKENS = 64;

    private static final double USUAL_TOKENS = 256 + LEAD_TOKENS;

    private Latency() {}

    /** The latency of an answer of 256 tokens, estimated from one of {@code outputTokens} that took {@code nanos}. */
    public static double normalised(long nanos, long outputTokens) {
        return nanos * USUAL_TOKENS / (outputTokens + LEAD_TOKENS);
    }

    /** The latency expected of an answer of {@code outputTokens}: the inverse of {@link #normalised}. */
    public static double expected(double normalisedNanos, long outputTokens) {
        return normalisedNanos * (outputTokens + LEAD_TOKENS) / USUAL_TOKENS;
    }

    /** The bucket to count a normalised latency in. */
    public static Function<WindowSlot, Attribute> bucket(double normalisedNanos) {
        double exponent = Math.log(Math.max(1, normalisedNanos) / FIRST_BOUND) / Math.log(GROWTH);
        int bucket = Math.clamp((long) Math.ceil(exponent), 0, WindowSlot.LATENCY_BUCKETS - 1);
        return in(bucket);
    }

    /**
     * A quantile of the normalised latencies of the window, in nanoseconds: the upper bound of the bucket it falls
     * into. Empty below {@link #ENOUGH} samples.
     */
    public static OptionalDouble quantile(Window window, double quantile) {
        double total = window.sum(WindowSlot::successes);
        return total < ENOUGH ? OptionalDouble.empty() : OptionalDouble.of(bound(window, quantile * total));
    }

    private static double bound(Window window, double rank) {
        int bucket = 0;
        double below = window.sum(in(0));
        while (below < rank && bucket < WindowSlot.LATENCY_BUCKETS - 1) {
            bucket++;
            below += window.sum(in(bucket));
        }
        return FIRST_BOUND * Math.pow(GROWTH, bucket);
    }

    private static Function<WindowSlot, Attribute> in(int bucket) {
        return slot -> slot.latencies().get(bucket);
    }
}
