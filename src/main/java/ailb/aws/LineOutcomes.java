package ailb.aws;

import ailb.batch.Batch;
import ailb.batch.Counts;
import ailb.batch.LineResult;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Reads the outcomes of the lines that are done. */
final class LineOutcomes {

    private static final String WHOLE =
            String.join(", ", "sk", LineItem.OUTCOME, LineItem.LENGTH, LineItem.RESULT, LineItem.PARTS);

    private final BatchTable table;
    private final Chunks parts;

    LineOutcomes(BatchTable table, Chunks parts) {
        this.table = table;
        this.parts = parts;
    }

    Counts count(Batch batch) {
        Counts counts = Counts.NONE;
        Iterator<Map<String, AttributeValue>> lines = new LinesInOrder(table, batch, 0, LineItem.OUTCOME);
        while (lines.hasNext()) {
            Map<String, AttributeValue> line = lines.next();
            if (LineItem.isDone(line)) {
                counts = counts.plus(Counts.of(LineItem.outcome(line)));
            }
        }
        return counts;
    }

    List<LineResult> read(Batch batch, int from, int limit, long maxBytes) {
        List<LineResult> results = new ArrayList<>();
        long bytes = 0;
        Iterator<Map<String, AttributeValue>> lines = new LinesInOrder(table, batch, from, WHOLE);
        while (results.size() < limit && lines.hasNext()) {
            Map<String, AttributeValue> line = lines.next();
            if (!LineItem.isDone(line)) {
                continue;
            }
            bytes += LineItem.length(line);
            if (bytes > maxBytes && !results.isEmpty()) {
                break;
            }
            LineItem.result(line, parts).ifPresent(results::add);
        }
        return List.copyOf(results);
    }
}
