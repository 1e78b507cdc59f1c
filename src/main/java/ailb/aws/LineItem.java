package ailb.aws;

import ailb.batch.Claim;
import ailb.batch.LineResult;
import ailb.batch.Outcome;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** How a line lies in the table: there from its first claim on, done when it has an outcome. */
final class LineItem {

    static final String TOKEN = "tk";

    /** The tokens of all who claimed it and did not give it up. */
    static final String HOLDERS = "hs";

    static final String UNTIL = "un";
    static final String FAILED_ATTEMPTS = "fa";
    static final String OUTCOME = "oc";
    static final String RESULT = "js";

    /** Of the result, bytes. */
    static final String LENGTH = "ln";

    /** What a result's parts go by, where it is not in the item itself. */
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

    /** Of the earlier holders, those who gave up are no longer named, and those still named said nothing. */
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

    /** The outcome of a line that is done; empty where parts of it have been cleared up. */
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
