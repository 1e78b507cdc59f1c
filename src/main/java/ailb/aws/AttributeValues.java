package ailb.aws;

import java.math.BigDecimal;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Reads and writes attributes of a batch's items. An absent attribute reads as 0, or as empty text or bytes. */
final class AttributeValues {

    private static final long NANOS = 1_000_000_000;

    private AttributeValues() {}

    static AttributeValue of(String text) {
        return AttributeValue.fromS(text);
    }

    static AttributeValue of(long number) {
        return AttributeValue.fromN(Long.toString(number));
    }

    static AttributeValue of(byte[] bytes) {
        return AttributeValue.fromB(SdkBytes.fromByteArrayUnsafe(bytes));
    }

    static String text(Map<String, AttributeValue> item, String name) {
        AttributeValue value = item.get(name);
        return value == null || value.s() == null ? "" : value.s();
    }

    /** DynamoDB may return a number in scientific notation, such as 1E+3. */
    static long number(Map<String, AttributeValue> item, String name) {
        AttributeValue value = item.get(name);
        return value == null || value.n() == null ? 0 : new BigDecimal(value.n()).longValueExact();
    }

    static byte[] bytes(Map<String, AttributeValue> item, String name) {
        AttributeValue value = item.get(name);
        return value == null || value.b() == null ? new byte[0] : value.b().asByteArrayUnsafe();
    }

    /**
     * The time to live of an item, in whole seconds since the epoch, rounded up. DynamoDB deletes the item some time
     * after it.
     */
    static AttributeValue expiry(long nanos) {
        return of(Math.ceilDiv(nanos, NANOS));
    }

    /** Seconds since the epoch. An item whose {@link #expiry} is at or before them has expired. */
    static long seconds(long nanos) {
        return Math.floorDiv(nanos, NANOS);
    }
}
