package ailb.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.Guard;
import ailb.state.StateStore;
import ailb.state.StateStoreContract;
import ailb.state.StateStoreException;
import ailb.state.UpdateResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

@ResourceLock(LocalDynamo.LOCK)
class DynamoStateStoreTest extends StateStoreContract {

    private final StateStore store = new DynamoStateStore(LocalDynamo.client(), LocalDynamo.TABLE);

    @Override
    protected StateStore store() {
        return store;
    }

    @Test
    void anItemLiesUnderAPartitionOfItsOwn() {
        store.update("where", put(Attribute.GENERATION, 3));

        assertThat(LocalDynamo.client()
                .getItem(request -> request.tableName(LocalDynamo.TABLE)
                        .key(Map.of("pk", AttributeValue.fromS("EP#where"), "sk", AttributeValue.fromS("state"))))
                .item())
                .isEqualTo(
                        Map.of(
                                "pk", AttributeValue.fromS("EP#where"),
                                "sk", AttributeValue.fromS("state"),
                                "gn", AttributeValue.fromN("3")));
    }

    @Test
    void attributesOfAnotherVersionArePassedOver() {
        Map<String, AttributeValue> item = new HashMap<>(EndpointItem.key("mixed"));
        item.put("gn", AttributeValue.fromN("3"));
        item.put("zz", AttributeValue.fromN("4"));
        item.put("note", AttributeValue.fromS("by hand"));
        item.put("rq", AttributeValue.fromS("text"));
        item.put("tk", AttributeValue.fromN("1.5"));
        item.put("ho", AttributeValue.fromN("1e30"));
        item.put("re", AttributeValue.fromBool(true));
        LocalDynamo.client().putItem(request -> request.tableName(LocalDynamo.TABLE).item(item));
        EndpointState understood = new EndpointState(Map.of(Attribute.GENERATION, 3L));

        assertThat(store.read(List.of("mixed"))).isEqualTo(Map.of("mixed", understood));
        assertThat(
                store.update(
                        "mixed",
                        ConditionalUpdate.builder()
                                .guard(Guard.equal(Attribute.GENERATION, 0))
                                .put(Attribute.GENERATION, 1)
                                .build()))
                .isEqualTo(new UpdateResult.Rejected(understood));
    }

    @Test
    void aWriteToAFullItemIsBilledAsOneUnit() {
        String longestName = "f".repeat(64);
        ConditionalUpdate.Builder everything = ConditionalUpdate.builder();
        Attribute.all().forEach(attribute -> everything.put(attribute, 1_899_999));
        UpdateItemRequest request = UpdateRendering.request(
                LocalDynamo.TABLE, EndpointItem.key(longestName), everything.build());

        assertThat(LocalDynamo.client()
                .updateItem(request.toBuilder().returnConsumedCapacity(ReturnConsumedCapacity.TOTAL).build())
                .consumedCapacity()
                .capacityUnits())
                .isEqualTo(1.0);
    }

    @Test
    void aTableThatIsNotThereShowsInTheCause() {
        StateStore lost = new DynamoStateStore(LocalDynamo.client(), "no-such-table");

        assertThat(lost.update("any", put(Attribute.HOLD, 1))).isInstanceOfSatisfying(
                UpdateResult.Unknown.class,
                unknown -> assertThat(unknown.cause()).contains("ResourceNotFoundException"));
        assertThatThrownBy(() -> lost.read(List.of("any"))).isInstanceOf(StateStoreException.class)
                .hasMessageContaining("ResourceNotFoundException");
    }

    @Test
    void aWriteThatBreaksTheTablesRulesShowsInTheCause() {
        assertThat(store.update("n".repeat(3000), put(Attribute.HOLD, 1))).isInstanceOfSatisfying(
                UpdateResult.Unknown.class,
                unknown -> assertThat(unknown.cause()).contains("ValidationException").hasSizeLessThan(400));
    }

    private static ConditionalUpdate put(Attribute attribute, long value) {
        return ConditionalUpdate.builder().put(attribute, value).build();
    }
}
