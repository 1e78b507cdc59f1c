package ailb.aws;

import ailb.batch.Claim;
import ailb.batch.LineResult;
import ailb.batch.Outcome;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A line's item in the table. It exists from the line's first claim on, and has an outcome once the line is done. */
final class LineItem {

    static final String TOKEN = "tk";

    /** The tokens of all workers that claimed the line and did not release it. */
    static final String HOLDERS = "hs";

    static final String UNTIL = "un";
    static final String FAILED_ATTEMPTS = "fa";
    static final String OUTCOME = "oc";
    static final String RESULT = "js";

    /** Length of the result in bytes. */
    static final String LENGTH = "ln";

    /** The name of the result, if it is stored in parts rather than in the item. */
    static final String PARTS = "pa";

    private LineItem() {}

    static boolean isDone(Map<String, AttributeValue> item) {
        return item.containsKey(OUTCOME);
    }

    static boolean isDoneBy(Map<String, AttributeValue> item, String token) {
        return isDone(item) && isNamed(item, token);
    }

    static boolean isHeldBy(Map<String, AttributeValue> item, String token) {
        return !isDone(item) && isNamed(item, token);
    }

    private static boolean isNamed(Map<String, AttributeValue> item, String token) {
        return AttributeValues.text(item, TOKEN).equals(token);
    }

    static boolean isForgotten(Map<String, AttributeValue> item, long now) {
        return AttributeValues.number(item, "ex") <= AttributeValues.seconds(now);
    }

    /**
     * Counts the other workers that are still named as holders: they claimed the line and were never heard of again.
     */
    static Claim.Held held(Map<String, AttributeValue> item, String token) {
        AttributeValue holders = item.get(HOLDERS);
        long others = holders == null ? 0 : holders.ss().stream().filter(holder -> !holder.equals(token)).count();
        return new Claim.Held((int) AttributeValues.number(item, FAILED_ATTEMPTS), (int) others);
    }

    static Claim refused(Map<String, AttributeValue> item) {
        return isDone(item) ? new Claim.Done() : new Claim.HeldByOther(AttributeValues.number(item, UNTIL));
    }

    static int length(Map<String, AttributeValue> item) {
        return (int) AttributeValues.number(item, LENGTH);
    }

    /** The result of a line that is done. Empty if parts of it have been deleted. */
    static Optional<LineResult> result(Map<String, AttributeValue> item, Chunks parts) {
        Optional<byte[]> json = item.containsKey(PARTS)
                ? parts.whole(AttributeValues.text(item, PARTS), length(item))
                : Optional.of(AttributeValues.bytes(item, RESULT));
        return json.map(bytes -> new LineResult(BatchKeys.lineOf(item), outcome(item), bytes));
    }

    static Outcome outcome(Map<String, AttributeValue> item) {
        return Outcome.valueOf(AttributeValues.text(item, OUTCOME));
    }
}
