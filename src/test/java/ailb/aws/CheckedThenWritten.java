package ailb.aws;

import ailb.history.Clients;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/**
 * DynamoDB Local with a fault: a guarded update is two steps. The first looks whether the condition holds, the second
 * writes whatever has become of it meanwhile.
 *
 * @param between what happens between the two
 */
public record CheckedThenWritten(DynamoDbClient client, Runnable between) implements DynamoDbClient {

    /** One with which the first two whose condition holds have both looked before either writes. */
    public static CheckedThenWritten twoAtOnce(DynamoDbClient client) {
        CountDownLatch two = new CountDownLatch(2);
        return new CheckedThenWritten(client, () -> {
            two.countDown();
            Clients.await(two);
        });
    }

    @Override
    public UpdateItemResponse updateItem(UpdateItemRequest update) {
        if (update.conditionExpression() == null) {
            return client.updateItem(update);
        }
        check(update);
        between.run();
        String expression = update.updateExpression();
        return client.updateItem(request -> request.tableName(update.tableName())
                .key(update.key())
                .updateExpression(expression)
                .expressionAttributeNames(used(update.expressionAttributeNames(), expression))
                .expressionAttributeValues(used(update.expressionAttributeValues(), expression))
                .returnValues(update.returnValues()));
    }

    private void check(UpdateItemRequest update) {
        String condition = update.conditionExpression();
        TransactWriteItem item = TransactWriteItem.builder()
                .conditionCheck(
                        check -> check.tableName(update.tableName())
                                .key(update.key())
                                .conditionExpression(condition)
                                .expressionAttributeNames(used(update.expressionAttributeNames(), condition))
                                .expressionAttributeValues(used(update.expressionAttributeValues(), condition))
                                .returnValuesOnConditionCheckFailure(update.returnValuesOnConditionCheckFailure()))
                .build();
        try {
            client.transactWriteItems(request -> request.transactItems(List.of(item)));
        } catch (TransactionCanceledException e) {
            CancellationReason reason = e.cancellationReasons().getFirst();
            if (!reason.code().equals("ConditionalCheckFailed")) {
                throw e;
            }
            throw ConditionalCheckFailedException.builder().item(reason.item()).build();
        }
    }

    /** DynamoDB refuses placeholders that an expression does not use; null where there are none. */
    private static <T> Map<String, T> used(Map<String, T> placeholders, String expression) {
        Map<String, T> used = placeholders.entrySet()
                .stream()
                .filter(each -> Pattern.compile(each.getKey() + "\\b").matcher(expression).find())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        return used.isEmpty() ? null : used;
    }

    @Override
    public QueryResponse query(QueryRequest query) {
        return client.query(query);
    }

    @Override
    public String serviceName() {
        return client.serviceName();
    }

    /** The client beneath is not this one's. */
    @Override
    public void close() {}
}
