package ailb.aws;

import ailb.batch.LineKey;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Where a batch lies in the table. Its lines share partitions by the hundred, in their order; each part of what is too
 * large for an item has a partition of its own, since a partition takes 1 MB a second.
 */
final class BatchKeys {

    /** Lines in a partition. */
    static final int GROUP = 100;

    /** The partition in which every submitted batch has an entry. */
    static final String LISTING = "BATCHES";

    private static final String OWNED = LISTING + "#";

    private static final String PREFIX = "B#";
    private static final String BATCH = "batch";
    private static final String PART = "part";

    private BatchKeys() {}

    static Map<String, AttributeValue> header(String id) {
        return key(PREFIX + id, BATCH);
    }

    static String idOfHeader(Map<String, AttributeValue> item) {
        return AttributeValues.text(item, "pk").substring(PREFIX.length());
    }

    /** The partition in which every batch of an owner has another. */
    static String listing(String owner) {
        return OWNED + owner;
    }

    static Map<String, AttributeValue> entry(String listing, String id) {
        return key(listing, id);
    }

    static String idOfEntry(Map<String, AttributeValue> item) {
        return AttributeValues.text(item, "sk");
    }

    static Map<String, AttributeValue> line(LineKey line) {
        return key(group(line.batch(), line.line() / GROUP), sortKey(line.line()));
    }

    static int lineOf(Map<String, AttributeValue> item) {
        return Integer.parseInt(AttributeValues.text(item, "sk"));
    }

    static String group(String id, int group) {
        return PREFIX + id + "#" + group;
    }

    /** In a group all have the same number of digits, and so sort as numbers. */
    static String sortKey(int line) {
        return String.format(Locale.ROOT, "%05d", line);
    }

    /** What the parts of an input go by. */
    static String input(String id) {
        return PREFIX + id + "#in";
    }

    /** What the parts of a result go by. */
    static String result(LineKey line, String mark) {
        return PREFIX + line.batch() + "#" + line.line() + "#" + mark;
    }

    static Map<String, AttributeValue> part(String whole, long index) {
        return key(whole + "#" + index, PART);
    }

    private static Map<String, AttributeValue> key(String partition, String sort) {
        return Map.of("pk", AttributeValues.of(partition), "sk", AttributeValues.of(sort));
    }
}
