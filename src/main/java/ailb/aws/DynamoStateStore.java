package ailb.aws;

import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.StateStore;
import ailb.state.StateStoreException;
import ailb.state.UpdateResult;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/** The state store in a DynamoDB table with the string keys {@code pk} and {@code sk}. */
public final class DynamoStateStore implements StateStore {

    private final DynamoDbClient client;
    private final String table;

    /** @param client one that does not repeat requests, such as {@link AwsClients#dynamoDb} */
    public DynamoStateStore(DynamoDbClient client, String table) {
        this.client = client;
        this.table = table;
    }

    @Override
    public Map<String, EndpointState> read(Collection<String> endpoints) {
        Map<String, EndpointState> states = new HashMap<>();
        List<String> names = endpoints.stream().distinct().toList();
        names.forEach(name -> states.put(name, EndpointState.EMPTY));
        for (int from = 0; from < names.size(); from += BatchGet.MOST_KEYS) {
            List<String> some = names.subList(from, Math.min(names.size(), from + BatchGet.MOST_KEYS));
            read(some.stream().map(EndpointItem::key).toList(), states);
        }
        return Map.copyOf(states);
    }

    private void read(List<Map<String, AttributeValue>> keys, Map<String, EndpointState> states) {
        KeysAndAttributes wanted = KeysAndAttributes.builder().keys(keys).build();
        BatchGet.items(table, wanted, this::batchGet)
                .orElseThrow(() -> {
                    String message = "The state store left items unread in " + BatchGet.TRIES + " reads";
                    return new StateStoreException(message, new IllegalStateException(message), true);
                })
                .forEach(item -> states.put(EndpointItem.endpoint(item), EndpointItem.state(item)));
    }

    private BatchGetItemResponse batchGet(Map<String, KeysAndAttributes> unread) {
        try {
            return client.batchGetItem(request -> request.requestItems(unread));
        } catch (SdkException e) {
            boolean throttled = e instanceof DynamoDbException refusal && refusal.isThrottlingException();
            throw new StateStoreException("The state store cannot be read: " + SdkErrors.describe(e), e, throttled);
        }
    }

    @Override
    public UpdateResult update(String endpoint, ConditionalUpdate update) {
        try {
            UpdateItemRequest request = UpdateRendering.request(table, EndpointItem.key(endpoint), update);
            return applied(client.updateItem(request).attributes());
        } catch (ConditionalCheckFailedException e) {
            return new UpdateResult.Rejected(EndpointItem.state(e.item()));
        } catch (DynamoDbException e) {
            return e.isThrottlingException()
                    ? new UpdateResult.Throttled()
                    : new UpdateResult.Unknown(SdkErrors.describe(e));
        } catch (SdkException e) {
            return new UpdateResult.Unknown(SdkErrors.describe(e));
        }
    }

    /**
     * Rejects a reply without the item's key. Otherwise it would look like an empty item, and so like an endpoint with
     * all its limits free.
     */
    private static UpdateResult applied(Map<String, AttributeValue> item) {
        return EndpointItem.isOne(item)
                ? new UpdateResult.Applied(EndpointItem.state(item))
                : new UpdateResult.Unknown("the reply has no item in it");
    }
}
