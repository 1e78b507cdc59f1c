package ailb.aws;

import static ailb.aws.BatchItem.BEGUN;
import static ailb.aws.BatchItem.CANCELLED;
import static ailb.aws.BatchItem.CANCELLING;
import static ailb.aws.BatchItem.CHANGED;
import static ailb.aws.BatchItem.COMPLETED;
import static ailb.aws.BatchItem.ENDED;
import static ailb.aws.BatchItem.EXPIRES;
import static ailb.aws.BatchItem.FAILED;
import static ailb.aws.BatchItem.LINE;
import static ailb.aws.BatchItem.OFFSET;
import static ailb.aws.BatchItem.OVER;

import ailb.batch.Batch;
import ailb.batch.BatchStatus;
import ailb.batch.Counts;
import ailb.batch.Cursor;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * The guarded writes to a batch's own item. The SDK may repeat a write that was made, and the repetition is rejected.
 * So a write that moves the cursor, ends the batch or counts lines leaves a mark in the item. A rejected write whose
 * own mark is in the item was made.
 */
final class BatchWrites {

    static final String ADVANCED_BY = "ma";
    static final String COUNTED_BY = "mc";
    static final String ENDED_BY = "me";

    private static final String IS_THERE = EXPIRES + " > :now";
    private static final String NOT_OVER = " AND attribute_not_exists(" + OVER + ")";

    private BatchWrites() {}

    /** Creates a batch, unless there is one with its id that has not expired. */
    static PutItemRequest.Builder create(Batch batch) {
        return PutItemRequest.builder()
                .item(BatchItem.item(batch))
                .conditionExpression("attribute_not_exists(pk) OR " + EXPIRES + " <= :now")
                .expressionAttributeValues(Map.of(":now", AttributeValues.of(batch.created())));
    }

    static UpdateItemRequest.Builder advance(String id, Cursor from, Cursor to, long now, String mark) {
        return update(id)
                .conditionExpression(IS_THERE + " AND " + LINE + " = :fromLine AND " + OFFSET + " = :fromOffset")
                .updateExpression("SET " + LINE + " = :line, " + OFFSET + " = :offset, "
                        + BEGUN + " = if_not_exists(" + BEGUN + ", :now), " + ADVANCED_BY + " = :mark")
                .expressionAttributeValues(
                        Map.of(
                                ":now", AttributeValues.of(now),
                                ":fromLine", AttributeValues.of(from.line()),
                                ":fromOffset", AttributeValues.of(from.offset()),
                                ":line", AttributeValues.of(to.line()),
                                ":offset", AttributeValues.of(to.offset()),
                                ":mark", AttributeValues.of(mark)));
    }

    static UpdateItemRequest.Builder cancel(String id, long now) {
        return update(id)
                .conditionExpression(IS_THERE + NOT_OVER)
                .updateExpression("SET " + CANCELLING + " = if_not_exists(" + CANCELLING + ", :now)")
                .expressionAttributeValues(Map.of(":now", AttributeValues.of(now)))
                .returnValues(ReturnValue.ALL_NEW);
    }

    /**
     * Adds to the batch's counts. If another worker's count comes between a count and its repetition, the count is
     * added twice (ADR 10). The end of the batch sets the exact counts.
     */
    static UpdateItemRequest.Builder count(String id, Counts more, long now, String mark) {
        return update(id)
                .conditionExpression(IS_THERE + NOT_OVER
                        + " AND (attribute_not_exists(" + COUNTED_BY + ") OR " + COUNTED_BY + " <> :mark)")
                .updateExpression("SET " + CHANGED + " = :now, " + COUNTED_BY + " = :mark ADD "
                        + COMPLETED + " :completed, " + FAILED + " :failed, " + CANCELLED + " :cancelled")
                .expressionAttributeValues(
                        Map.of(
                                ":now", AttributeValues.of(now),
                                ":mark", AttributeValues.of(mark),
                                ":completed", AttributeValues.of(more.completed()),
                                ":failed", AttributeValues.of(more.failed()),
                                ":cancelled", AttributeValues.of(more.cancelled())))
                .returnValues(ReturnValue.ALL_NEW);
    }

    static UpdateItemRequest.Builder end(String id, BatchStatus over, Counts exact, long now, String mark) {
        return update(id)
                .conditionExpression(IS_THERE + NOT_OVER)
                .updateExpression("SET " + OVER + " = :over, " + ENDED + " = :now, " + ENDED_BY + " = :mark, "
                        + COMPLETED + " = :completed, " + FAILED + " = :failed, " + CANCELLED + " = :cancelled")
                .expressionAttributeValues(
                        Map.of(
                                ":over", AttributeValues.of(over.name()),
                                ":now", AttributeValues.of(now),
                                ":mark", AttributeValues.of(mark),
                                ":completed", AttributeValues.of(exact.completed()),
                                ":failed", AttributeValues.of(exact.failed()),
                                ":cancelled", AttributeValues.of(exact.cancelled())));
    }

    /** Whether a write was made, either now or before the SDK repeated it. */
    static boolean isMade(BatchTable.Write write, String markedBy, String mark) {
        return write.applied() || AttributeValues.text(write.item(), markedBy).equals(mark);
    }

    private static UpdateItemRequest.Builder update(String id) {
        Map<String, AttributeValue> key = BatchKeys.header(id);
        return UpdateItemRequest.builder().key(key);
    }
}
