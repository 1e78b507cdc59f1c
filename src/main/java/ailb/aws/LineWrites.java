package ailb.aws;

import static ailb.aws.LineItem.FAILED_ATTEMPTS;
import static ailb.aws.LineItem.HOLDERS;
import static ailb.aws.LineItem.LENGTH;
import static ailb.aws.LineItem.OUTCOME;
import static ailb.aws.LineItem.PARTS;
import static ailb.aws.LineItem.RESULT;
import static ailb.aws.LineItem.TOKEN;
import static ailb.aws.LineItem.UNTIL;

import ailb.batch.LineKey;
import ailb.batch.LineResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * The guarded writes to a line's item. The SDK may repeat each of them with the same token. The holders are a set, so
 * naming one twice changes nothing.
 */
final class LineWrites {

    private static final String NOT_DONE = "attribute_not_exists(" + OUTCOME + ")";
    private static final String IS_MINE = TOKEN + " = :me AND " + NOT_DONE;
    private static final String HOLD = "SET " + TOKEN + " = :me, " + UNTIL + " = :until, ex = :ex";

    private LineWrites() {}

    static UpdateItemRequest.Builder claim(LineKey line, String token, long now, long until, long expires) {
        return update(line)
                .conditionExpression("attribute_not_exists(pk) OR (ex > :seconds AND " + NOT_DONE
                        + " AND (attribute_not_exists(" + TOKEN + ") OR " + TOKEN + " = :me OR "
                        + UNTIL + " <= :now))")
                .updateExpression(HOLD + " ADD " + HOLDERS + " :us")
                .expressionAttributeValues(
                        Map.of(
                                ":me", AttributeValues.of(token),
                                ":us", AttributeValue.fromSs(List.of(token)),
                                ":until", AttributeValues.of(until),
                                ":now", AttributeValues.of(now),
                                ":seconds", AttributeValues.of(AttributeValues.seconds(now)),
                                ":ex", AttributeValues.expiry(expires)))
                .returnValues(ReturnValue.ALL_NEW);
    }

    /** Claims a line whose item has expired but is not deleted yet, as if it were deleted. */
    static UpdateItemRequest.Builder claimForgotten(LineKey line, String token, long now, long until, long expires) {
        return update(line)
                .conditionExpression("ex <= :seconds")
                .updateExpression(HOLD + ", " + HOLDERS + " = :us REMOVE " + String.join(
                        ", ", FAILED_ATTEMPTS, OUTCOME, RESULT, LENGTH, PARTS))
                .expressionAttributeValues(
                        Map.of(
                                ":me", AttributeValues.of(token),
                                ":us", AttributeValue.fromSs(List.of(token)),
                                ":until", AttributeValues.of(until),
                                ":seconds", AttributeValues.of(AttributeValues.seconds(now)),
                                ":ex", AttributeValues.expiry(expires)))
                .returnValues(ReturnValue.ALL_NEW);
    }

    static UpdateItemRequest.Builder release(LineKey line, String token, int failedAttempts) {
        return update(line)
                .conditionExpression(IS_MINE)
                .updateExpression("REMOVE " + TOKEN + ", " + UNTIL + " ADD " + FAILED_ATTEMPTS + " :attempts DELETE "
                        + HOLDERS + " :us")
                .expressionAttributeValues(
                        Map.of(
                                ":me", AttributeValues.of(token),
                                ":us", AttributeValue.fromSs(List.of(token)),
                                ":attempts", AttributeValues.of(failedAttempts)));
    }

    /** @param parts name of the result, if it is stored in parts rather than in the item */
    static UpdateItemRequest.Builder finish(
            LineKey line, String token, LineResult result, Optional<String> parts, long expires) {
        Map<String, AttributeValue> values = new HashMap<>();
        values.put(":me", AttributeValues.of(token));
        values.put(":outcome", AttributeValues.of(result.outcome().name()));
        values.put(":length", AttributeValues.of(result.json().length));
        values.put(":result", parts.map(AttributeValues::of).orElseGet(() -> AttributeValues.of(result.json())));
        values.put(":ex", AttributeValues.expiry(expires));
        return update(line)
                .conditionExpression(IS_MINE)
                .updateExpression("SET " + OUTCOME + " = :outcome, " + LENGTH + " = :length, "
                        + (parts.isPresent() ? PARTS : RESULT) + " = :result, ex = :ex")
                .expressionAttributeValues(values);
    }

    private static UpdateItemRequest.Builder update(LineKey line) {
        return UpdateItemRequest.builder().key(BatchKeys.line(line));
    }
}
