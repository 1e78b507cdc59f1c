package ailb.state;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The attributes of one slot of the rolling window: the number of its epoch, and the counts.
 *
 * @param epoch number of the epoch the counts belong to
 * @param admitted calls admitted
 * @param admittedInput input tokens of those calls, as estimated
 * @param admittedOutput output tokens of those calls, as estimated
 * @param calls calls whose outcome says something about the endpoint's health
 * @param failures those of {@code calls} that failed by the endpoint's fault
 * @param successes calls that were answered
 * @param outputTokens output tokens of those answers
 * @param latencies number of answers in each latency bucket
 */
public record WindowSlot(
        Attribute epoch,
        Attribute admitted,
        Attribute admittedInput,
        Attribute admittedOutput,
        Attribute calls,
        Attribute failures,
        Attribute successes,
        Attribute outputTokens,
        List<Attribute> latencies) {

    /** Latency buckets of a slot. */
    public static final int LATENCY_BUCKETS = 32;

    static WindowSlot of(int index) {
        String histogram = index == 0 ? "x" : "y";
        List<Attribute> buckets = IntStream.range(0, LATENCY_BUCKETS)
                .mapToObj(bucket -> new Attribute(histogram + Character.forDigit(bucket, LATENCY_BUCKETS)))
                .toList();
        return new WindowSlot(
                new Attribute("e" + index),
                new Attribute("a" + index),
                new Attribute("i" + index),
                new Attribute("o" + index),
                new Attribute("c" + index),
                new Attribute("f" + index),
                new Attribute("s" + index),
                new Attribute("u" + index),
                buckets);
    }

    /** Everything in the slot but its epoch. */
    public List<Attribute> counters() {
        List<Attribute> counters = new ArrayList<>(
                List.of(admitted, admittedInput, admittedOutput, calls, failures, successes, outputTokens));
        counters.addAll(latencies);
        return List.copyOf(counters);
    }
}
