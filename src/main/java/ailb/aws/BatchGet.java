package ailb.aws;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/** Reads many items at once. DynamoDB may leave some keys unread; it is asked for these again. */
final class BatchGet {

    /** Number of reads after which keys that are still unread are a failure. */
    static final int TRIES = 3;

    /** Maximum number of keys of one read. */
    static final int MOST_KEYS = 100;

    private BatchGet() {}

    /**
     * Reads items. The result has the items that exist, in any order. It is empty if keys are still unread after the
     * last read.
     *
     * @param keys at least one, and at most {@link #MOST_KEYS}
     * @param read makes one read
     */
    static Optional<List<Map<String, AttributeValue>>> items(
            String table,
            KeysAndAttributes keys,
            Function<Map<String, KeysAndAttributes>, BatchGetItemResponse> read) {
        List<Map<String, AttributeValue>> items = new ArrayList<>();
        Map<String, KeysAndAttributes> unread = Map.of(table, keys);
        for (int attempt = 0; attempt < TRIES && !unread.isEmpty(); attempt++) {
            BatchGetItemResponse response = read.apply(unread);
            items.addAll(response.responses().getOrDefault(table, List.of()));
            unread = response.unprocessedKeys();
        }
        return unread.isEmpty() ? Optional.of(items) : Optional.empty();
    }
}
