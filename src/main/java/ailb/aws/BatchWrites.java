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
 * The guarded writes to a batch's own item. The SDK may send one again after it has been made, and would then be told
 * that it was refused. So whoever moves the cursor, ends a batch or counts leaves a mark of its own: a refused write that
 * finds its mark was made.
 */
final class BatchWrites {

    static final String ADVANCED_BY = "ma";
    static final String COUNTED_BY = "mc";
    static final String ENDED_BY = "me";

    private static final String IS_THERE = EXPIRES + " > :now";
    private static final String NOT_OVER = " AND attribute_not_exists(" + OVER + ")";

    private BatchWrites() {}

    /** Unless there is one of that id which has not expired. */
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

    /** A repeated one that another's came in front of is made twice: the counts are close, not exact, until the end. */
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

    /** Whether a write was made, whatever was answered when it came again. */
    static boolean isMade(BatchTable.Write write, String markedBy, String mark) {
        return write.applied() || AttributeValues.text(write.item(), markedBy).equals(mark);
    }

    private static UpdateItemRequest.Builder update(String id) {
        Map<String, AttributeValue> key = BatchKeys.header(id);
        return UpdateItemRequest.builder().key(key);
    }
}
