package ailb.aws;

import ailb.batch.BatchStoreException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * The table of batches. Reads are consistent. Failures are {@link BatchStoreException}s. A rejected write is not a
 * failure but a result.
 */
final class BatchTable {

    private final Supplier<DynamoDbClient> client;
    private final String table;

    BatchTable(Supplier<DynamoDbClient> client, String table) {
        this.client = client;
        this.table = table;
    }

    /**
     * The result of a guarded write.
     *
     * @param applied whether the write was made
     * @param item the item after the write, if the write asked for it; the current item if the write was rejected;
     * empty if there is no such item
     */
    record Write(boolean applied, Map<String, AttributeValue> item) {

        Write {
            item = Map.copyOf(item);
        }
    }

    /** The item, or an empty map if there is no such item. */
    Map<String, AttributeValue> get(Map<String, AttributeValue> key) {
        return calling(
                () -> client.get().getItem(request -> request.tableName(table).key(key).consistentRead(true)).item());
    }

    void put(Map<String, AttributeValue> item) {
        calling(() -> client.get().putItem(request -> request.tableName(table).item(item)));
    }

    Write put(PutItemRequest.Builder guarded) {
        PutItemRequest request = guarded.tableName(table)
                .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
                .build();
        return calling(() -> {
            try {
                client.get().putItem(request);
                return new Write(true, request.item());
            } catch (ConditionalCheckFailedException e) {
                return refused(e);
            }
        });
    }

    Write update(UpdateItemRequest.Builder guarded) {
        UpdateItemRequest request = guarded.tableName(table)
                .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
                .build();
        return calling(() -> {
            try {
                Map<String, AttributeValue> item = client.get().updateItem(request).attributes();
                return new Write(true, complete(item, request.returnValues() == ReturnValue.ALL_NEW));
            } catch (ConditionalCheckFailedException e) {
                return refused(e);
            }
        });
    }

    private static Write refused(ConditionalCheckFailedException e) {
        return new Write(false, e.hasItem() ? e.item() : Map.of());
    }

    /** Rejects a reply without the item's key. It is not the item: all of its numbers would read as 0. */
    private static Map<String, AttributeValue> complete(Map<String, AttributeValue> item, boolean wanted) {
        if (wanted && !item.containsKey("pk")) {
            throw unusable("The batch store's reply has no item in it");
        }
        return item;
    }

    /** Reads one page of a query. */
    QueryResponse query(QueryRequest.Builder query) {
        QueryRequest request = query.tableName(table).consistentRead(true).build();
        return calling(() -> client.get().query(request));
    }

    /** Reads at most 100 small items. The result has those that exist, in any order. */
    List<Map<String, AttributeValue>> getAll(List<Map<String, AttributeValue>> keys) {
        if (keys.isEmpty()) {
            return List.of();
        }
        KeysAndAttributes wanted =
                KeysAndAttributes.builder().keys(keys).consistentRead(true).build();
        return BatchGet.items(table, wanted, unread -> calling(
                () -> client.get().batchGetItem(request -> request.requestItems(unread))))
                .orElseThrow(() -> unusable("The batch store left items unread in " + BatchGet.TRIES + " reads"));
    }

    private static BatchStoreException unusable(String message) {
        return new BatchStoreException(message, new IllegalStateException(message));
    }

    private static <T> T calling(Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            throw new BatchStoreException("The batch store does not answer: " + SdkErrors.describe(e), e);
        }
    }
}
