package ailb.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.batch.Batch;
import ailb.batch.BatchStatus;
import ailb.batch.BatchStore;
import ailb.batch.BatchStoreContract;
import ailb.batch.BatchStoreException;
import ailb.batch.Counts;
import ailb.batch.Cursor;
import ailb.batch.LineKey;
import ailb.batch.LineResult;
import ailb.batch.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

@ResourceLock(LocalDynamo.LOCK)
class DynamoBatchStoreTest extends BatchStoreContract {

    /** The longest that a batch and a token have. */
    private static final String LONG_ID = "b".repeat(80);
    private static final String LONG_TOKEN = "t".repeat(80);

    private static final long SOON = 1_795_000_000_000_000_000L;
    private static final long MUCH_LATER = SOON + Duration.ofDays(30).toNanos();

    private final String table = "batches-" + UUID.randomUUID();
    private final BatchStore store = new DynamoBatchStore(LocalDynamo.client(), table);

    DynamoBatchStoreTest() {
        LocalDynamo.createTable(LocalDynamo.client(), table);
    }

    @Override
    protected BatchStore store() {
        return store;
    }

    @Test
    void everyItemIsClearedUpInTheSecondAfterTheBatchExpires() {
        store.create(Batch.submitted("b", Optional.of("default"), 120, 400_000, SOON, MUCH_LATER + 1),
                new byte[400_000]);
        LineKey line = new LineKey("b", 101);
        store.claim(line, "t", SOON, SOON + 1, MUCH_LATER + 1);
        store.finish(line, "t", new LineResult(101, Outcome.COMPLETED, new byte[400_000]), MUCH_LATER + 1);

        List<Map<String, AttributeValue>> items =
                LocalDynamo.client().scan(request -> request.tableName(table)).items();

        assertThat(items).extracting(item -> AttributeValues.text(item, "pk").replaceFirst("[0-9a-f-]{36}", "mark"))
                .containsExactlyInAnyOrder(
                        "BATCHES", "BATCHES#default", "B#b", "B#b#in#0", "B#b#in#1", "B#b#1", "B#b#101#mark#0",
                        "B#b#101#mark#1");
        assertThat(items).allSatisfy(
                item -> assertThat(AttributeValues.number(item, "ex"))
                        .isEqualTo(Duration.ofNanos(MUCH_LATER).toSeconds() + 1));
    }

    @Test
    void aBatchWhoseCreationStoppedHalfWayIsNotListed() {
        LocalDynamo.client()
                .putItem(request -> request.tableName(table).item(BatchKeys.entry(BatchKeys.LISTING, "half")));

        assertThat(store.list(Optional.empty(), 10, SOON)).isEmpty();
        assertThat(store.find("half", SOON)).isEmpty();
    }

    @Test
    void aLinesWritesAreBilledAsOneUnitEach() {
        LineKey line = new LineKey(LONG_ID, 49_999);
        LineResult small = new LineResult(49_999, Outcome.COMPLETED, "r".repeat(500).getBytes(UTF_8));

        assertThat(units(LineWrites.claim(line, LONG_TOKEN, SOON, SOON + 100, MUCH_LATER))).isOne();
        assertThat(units(LineWrites.release(line, LONG_TOKEN, 3))).isOne();
        assertThat(units(LineWrites.claim(line, LONG_TOKEN, SOON, SOON + 100, MUCH_LATER))).isOne();
        assertThat(units(LineWrites.finish(line, LONG_TOKEN, small, Optional.empty(), MUCH_LATER))).isOne();
    }

    @Test
    void aBatchesWritesAreBilledAsOneUnitEach() {
        store.create(Batch.submitted(LONG_ID, Optional.of("default"), 50_000, Long.MAX_VALUE, SOON, MUCH_LATER),
                new byte[0]);
        String mark = UUID.randomUUID().toString();
        Cursor end = new Cursor(50_000, Long.MAX_VALUE);
        Counts counts = new Counts(50_000, 50_000, 50_000);

        assertThat(units(BatchWrites.advance(LONG_ID, Cursor.START, end, SOON, mark))).isOne();
        assertThat(units(BatchWrites.cancel(LONG_ID, SOON))).isOne();
        assertThat(units(BatchWrites.count(LONG_ID, counts, SOON, mark))).isOne();
        assertThat(units(BatchWrites.end(LONG_ID, BatchStatus.COMPLETED, counts, SOON, mark))).isOne();
    }

    private double units(UpdateItemRequest.Builder update) {
        return LocalDynamo.client()
                .updateItem(
                        update.tableName(table).returnConsumedCapacity(ReturnConsumedCapacity.TOTAL).build())
                .consumedCapacity()
                .capacityUnits();
    }

    @Test
    void countsSentAgainAreAddedOnce() {
        store.create(Batch.submitted("b", Optional.of("default"), 9, 0, SOON, MUCH_LATER), new byte[0]);
        BatchTable batches = new BatchTable(LocalDynamo::client, table);

        assertThat(batches.update(BatchWrites.count("b", new Counts(1, 2, 3), SOON, "mark")).applied()).isTrue();
        assertThat(batches.update(BatchWrites.count("b", new Counts(1, 2, 3), SOON, "mark")).applied()).isFalse();

        assertThat(store.find("b", SOON).orElseThrow().counts()).isEqualTo(new Counts(1, 2, 3));
    }

    @Test
    void aCursorMovedOnceMoreWithTheSameMarkHasMoved() {
        store.create(Batch.submitted("b", Optional.of("default"), 9, 0, SOON, MUCH_LATER), new byte[0]);
        BatchTable batches = new BatchTable(LocalDynamo::client, table);

        for (int sending = 1; sending <= 2; sending++) {
            BatchTable.Write write =
                    batches.update(BatchWrites.advance("b", Cursor.START, new Cursor(1, 2), SOON, "mark"));
            assertThat(BatchWrites.isMade(write, BatchWrites.ADVANCED_BY, "mark")).isTrue();
            assertThat(write.applied()).isEqualTo(sending == 1);
        }
    }

    @Test
    void aTableThatIsNotThereShowsInTheCause() {
        BatchStore lost = new DynamoBatchStore(LocalDynamo.client(), "no-such-table");

        assertThatThrownBy(() -> lost.find("b", SOON)).isInstanceOf(BatchStoreException.class)
                .hasMessageContaining("ResourceNotFoundException");
    }
}
