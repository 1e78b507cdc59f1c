package ailb.aws;

import ailb.aws.BatchTable.Write;
import ailb.batch.Batch;
import ailb.batch.BatchStatus;
import ailb.batch.BatchStore;
import ailb.batch.Claim;
import ailb.batch.Counts;
import ailb.batch.Cursor;
import ailb.batch.LineKey;
import ailb.batch.LineResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/**
 * Stores batches in a DynamoDB table with the string keys {@code pk} and {@code sk}. {@code ex} is the time to live, in
 * seconds since the epoch.
 */
public final class DynamoBatchStore implements BatchStore {

    private final BatchTable table;
    private final Chunks parts;
    private final LineOutcomes outcomes;

    /** @param client one that may repeat requests, such as {@link AwsClients#batchStore} */
    public DynamoBatchStore(DynamoDbClient client, String table) {
        this(() -> client, table);
    }

    /** @param client the same, asked for with each request */
    public DynamoBatchStore(Supplier<DynamoDbClient> client, String table) {
        this.table = new BatchTable(client, table);
        this.parts = new Chunks(this.table);
        this.outcomes = new LineOutcomes(this.table, parts);
    }

    @Override
    public void create(Batch batch, byte[] input) {
        parts.write(BatchKeys.input(batch.id()), input, batch.expires());
        enter(BatchKeys.LISTING, batch);
        batch.owner().ifPresent(owner -> enter(BatchKeys.listing(owner), batch));
        table.put(BatchWrites.create(batch));
    }

    private void enter(String listing, Batch batch) {
        Map<String, AttributeValue> entry = new HashMap<>(BatchKeys.entry(listing, batch.id()));
        entry.put("ex", AttributeValues.expiry(batch.expires()));
        table.put(entry);
    }

    @Override
    public Batch ensureDirect(String id, long now, long expires) {
        Batch direct = Batch.direct(id, now, expires);
        return there(table.put(BatchWrites.create(direct)).item(), now).orElse(direct);
    }

    @Override
    public Optional<Batch> find(String id, long now) {
        return there(table.get(BatchKeys.header(id)), now);
    }

    private static Optional<Batch> there(Map<String, AttributeValue> item, long now) {
        return BatchItem.isThere(item, now) ? Optional.of(BatchItem.batch(item)) : Optional.empty();
    }

    @Override
    public List<Batch> list(Optional<String> before, int limit, long now) {
        return list(BatchKeys.LISTING, before, limit, now);
    }

    @Override
    public List<Batch> listOf(String owner, Optional<String> before, int limit, long now) {
        return list(BatchKeys.listing(owner), before, limit, now);
    }

    private List<Batch> list(String listing, Optional<String> before, int limit, long now) {
        List<Batch> batches = new ArrayList<>();
        Optional<String> last = before;
        boolean more = true;
        while (batches.size() < limit && more) {
            QueryResponse page = entries(listing, last, limit - batches.size());
            List<String> ids = page.items().stream().map(BatchKeys::idOfEntry).toList();
            batches.addAll(present(ids, now));
            more = page.hasLastEvaluatedKey() && !page.lastEvaluatedKey().isEmpty();
            last = more ? Optional.of(BatchKeys.idOfEntry(page.lastEvaluatedKey())) : last;
        }
        return List.copyOf(batches);
    }

    private QueryResponse entries(String listing, Optional<String> before, int limit) {
        Map<String, AttributeValue> values = new HashMap<>();
        values.put(":listing", AttributeValues.of(listing));
        before.ifPresent(id -> values.put(":before", AttributeValues.of(id)));
        return table.query(
                QueryRequest.builder()
                        .keyConditionExpression(
                                before.isPresent() ? "pk = :listing AND sk < :before" : "pk = :listing")
                        .expressionAttributeValues(values)
                        .scanIndexForward(false)
                        .limit(limit));
    }

    /**
     * Lists batches. An entry is written before its batch, so entries without a batch are left out, as are expired
     * batches.
     */
    private List<Batch> present(List<String> ids, long now) {
        Map<String, Batch> found = table.getAll(ids.stream().map(BatchKeys::header).toList())
                .stream()
                .filter(item -> BatchItem.isThere(item, now))
                .map(BatchItem::batch)
                .collect(Collectors.toMap(Batch::id, Function.identity()));
        return ids.stream().filter(found::containsKey).map(found::get).toList();
    }

    @Override
    public byte[] input(String id, long offset) {
        return parts.stretch(BatchKeys.input(id), offset);
    }

    @Override
    public boolean advance(String id, Cursor from, Cursor to, long now) {
        String mark = mark();
        Write write = table.update(BatchWrites.advance(id, from, to, now, mark));
        return BatchWrites.isMade(write, BatchWrites.ADVANCED_BY, mark);
    }

    @Override
    public Optional<Batch> cancel(String id, long now) {
        return there(table.update(BatchWrites.cancel(id, now)).item(), now);
    }

    @Override
    public Claim claim(LineKey line, String token, long now, long until, long expires) {
        Write write = table.update(LineWrites.claim(line, token, now, until, expires));
        if (!write.applied() && LineItem.isForgotten(write.item(), now)) {
            write = table.update(LineWrites.claimForgotten(line, token, now, until, expires));
        }
        return write.applied() || LineItem.isHeldBy(write.item(), token)
                ? LineItem.held(write.item(), token)
                : LineItem.refused(write.item());
    }

    @Override
    public void release(LineKey line, String token, int failedAttempts) {
        table.update(LineWrites.release(line, token, failedAttempts));
    }

    @Override
    public boolean finish(LineKey line, String token, LineResult result, long expires) {
        Optional<String> large = Optional.empty();
        if (result.json().length > Chunks.SIZE) {
            // The name is new: nobody else writes to it, nor does this holder when it repeats the write.
            large = Optional.of(BatchKeys.result(line, mark()));
            parts.write(large.get(), result.json(), expires);
        }
        Write write = table.update(LineWrites.finish(line, token, result, large, expires));
        return write.applied() || LineItem.isDoneBy(write.item(), token);
    }

    @Override
    public Optional<Batch> count(String id, Counts more, long now) {
        return there(table.update(BatchWrites.count(id, more, now, mark())).item(), now);
    }

    @Override
    public Counts recount(Batch batch) {
        return outcomes.count(batch);
    }

    @Override
    public boolean end(String id, BatchStatus over, Counts exact, long now) {
        String mark = mark();
        Write write = table.update(BatchWrites.end(id, over, exact, now, mark));
        return BatchWrites.isMade(write, BatchWrites.ENDED_BY, mark);
    }

    @Override
    public List<LineResult> results(Batch batch, int from, int limit, long maxBytes) {
        return outcomes.read(batch, from, limit, maxBytes);
    }

    private static String mark() {
        return UUID.randomUUID().toString();
    }
}
