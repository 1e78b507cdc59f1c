package ailb.aws;

import ailb.batch.Batch;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/**
 * Reads the items of a batch's lines in their order, page by page as they are asked for. A page has up to 100 lines,
 * fewer if they are large.
 */
final class LinesInOrder implements Iterator<Map<String, AttributeValue>> {

    private final BatchTable table;
    private final Batch batch;
    private final int first;
    private final String attributes;

    private int group;
    private Map<String, AttributeValue> after = Map.of();
    private Iterator<Map<String, AttributeValue>> page = Collections.emptyIterator();

    /**
     * @param first number of the first line
     * @param attributes names of the attributes to read, with commas between them
     */
    LinesInOrder(BatchTable table, Batch batch, int first, String attributes) {
        this.table = table;
        this.batch = batch;
        this.first = first;
        this.attributes = attributes;
        this.group = first / BatchKeys.GROUP;
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && group * (long) BatchKeys.GROUP < batch.total()) {
            readPage();
        }
        return page.hasNext();
    }

    @Override
    public Map<String, AttributeValue> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.next();
    }

    private void readPage() {
        String lowest = BatchKeys.sortKey(Math.max(first, group * BatchKeys.GROUP));
        QueryRequest.Builder query = QueryRequest.builder()
                .keyConditionExpression("pk = :group AND sk >= :lowest")
                .expressionAttributeValues(
                        Map.of(
                                ":group", AttributeValues.of(BatchKeys.group(batch.id(), group)),
                                ":lowest", AttributeValues.of(lowest)))
                .projectionExpression(attributes);
        if (!after.isEmpty()) {
            query.exclusiveStartKey(after);
        }
        QueryResponse response = table.query(query);
        page = response.items().iterator();
        after = response.lastEvaluatedKey();
        if (after.isEmpty()) {
            group++;
        }
    }
}
