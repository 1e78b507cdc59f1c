package ailb.aws;

import ailb.batch.Batch;
import ailb.batch.BatchStatus;
import ailb.batch.Counts;
import ailb.batch.Cursor;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The attributes of a batch's item. The status is derived from them: {@code OVER} names the final status. Without it a
 * batch with {@code CANCELLING} is being cancelled, one with {@code BEGUN} is in progress, and any other is being
 * validated. So one write changes a time and the status together.
 */
final class BatchItem {

    static final String COMPLETED = "cc";
    static final String FAILED = "cf";
    static final String CANCELLED = "cx";
    static final String LINE = "cl";
    static final String OFFSET = "co";
    static final String BEGUN = "be";
    static final String CHANGED = "ch";
    static final String CANCELLING = "ca";
    static final String ENDED = "en";
    static final String OVER = "ov";
    static final String EXPIRES = "xp";

    /** Absent if the batch has no owner. */
    private static final String OWNER = "ow";

    private static final String TOTAL = "nl";
    private static final String INPUT_LENGTH = "il";
    private static final String CREATED = "cr";

    private BatchItem() {}

    static Map<String, AttributeValue> item(Batch batch) {
        Map<String, AttributeValue> item = new HashMap<>(BatchKeys.header(batch.id()));
        batch.owner().ifPresent(owner -> item.put(OWNER, AttributeValues.of(owner)));
        item.put(TOTAL, AttributeValues.of(batch.total()));
        item.put(INPUT_LENGTH, AttributeValues.of(batch.inputLength()));
        item.put(COMPLETED, AttributeValues.of(batch.counts().completed()));
        item.put(FAILED, AttributeValues.of(batch.counts().failed()));
        item.put(CANCELLED, AttributeValues.of(batch.counts().cancelled()));
        item.put(LINE, AttributeValues.of(batch.cursor().line()));
        item.put(OFFSET, AttributeValues.of(batch.cursor().offset()));
        item.put(CREATED, AttributeValues.of(batch.created()));
        putUnlessNotYet(item, BEGUN, batch.begun());
        putUnlessNotYet(item, CHANGED, batch.changed());
        putUnlessNotYet(item, CANCELLING, batch.cancelling());
        putUnlessNotYet(item, ENDED, batch.ended());
        item.put(EXPIRES, AttributeValues.of(batch.expires()));
        item.put("ex", AttributeValues.expiry(batch.expires()));
        if (batch.status().isOver()) {
            item.put(OVER, AttributeValues.of(batch.status().name()));
        }
        return item;
    }

    private static void putUnlessNotYet(Map<String, AttributeValue> item, String name, long moment) {
        if (moment != 0) {
            item.put(name, AttributeValues.of(moment));
        }
    }

    static Batch batch(Map<String, AttributeValue> item) {
        return new Batch(
                BatchKeys.idOfHeader(item),
                owner(item),
                status(item),
                (int) AttributeValues.number(item, TOTAL),
                AttributeValues.number(item, INPUT_LENGTH),
                new Counts(
                        AttributeValues.number(item, COMPLETED),
                        AttributeValues.number(item, FAILED),
                        AttributeValues.number(item, CANCELLED)),
                new Cursor((int) AttributeValues.number(item, LINE), AttributeValues.number(item, OFFSET)),
                AttributeValues.number(item, CREATED),
                AttributeValues.number(item, BEGUN),
                AttributeValues.number(item, CHANGED),
                AttributeValues.number(item, CANCELLING),
                AttributeValues.number(item, ENDED),
                AttributeValues.number(item, EXPIRES));
    }

    private static Optional<String> owner(Map<String, AttributeValue> item) {
        return item.containsKey(OWNER) ? Optional.of(AttributeValues.text(item, OWNER)) : Optional.empty();
    }

    private static BatchStatus status(Map<String, AttributeValue> item) {
        if (item.containsKey(OVER)) {
            return BatchStatus.valueOf(AttributeValues.text(item, OVER));
        }
        if (item.containsKey(CANCELLING)) {
            return BatchStatus.CANCELLING;
        }
        return item.containsKey(BEGUN) ? BatchStatus.IN_PROGRESS : BatchStatus.VALIDATING;
    }

    /** Whether the item exists and has not expired. */
    static boolean isThere(Map<String, AttributeValue> item, long now) {
        return AttributeValues.number(item, EXPIRES) > now;
    }
}
