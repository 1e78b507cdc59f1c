package ailb.aws;

import ailb.batch.LineKey;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The keys of a batch's items in the table (ADR 4). A partition has up to 100 lines, in their order. A partition takes
 * 1 MB a second, so each part of a large input or result has a partition of its own.
 */
final class BatchKeys {

    /** Lines in a partition. */
    static final int GROUP = 100;

    /** The partition that lists all submitted batches. */
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

    /** The partition that lists the batches of an owner (ADR 26). */
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

    /** Has the same number of digits for all lines, so that the table sorts them as numbers. */
    static String sortKey(int line) {
        return String.format(Locale.ROOT, "%05d", line);
    }

    /** The name of a batch's input. The keys of its parts begin with it. */
    static String input(String id) {
        return PREFIX + id + "#in";
    }

    /** The name of a line's result. The keys of its parts begin with it. */
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
