package ailb.aws;

import java.math.BigDecimal;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The values in a batch's items. What is absent reads as 0, or as empty. */
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

    /** Its zeros may come as an exponent. */
    static long number(Map<String, AttributeValue> item, String name) {
        AttributeValue value = item.get(name);
        return value == null || value.n() == null ? 0 : new BigDecimal(value.n()).longValueExact();
    }

    static byte[] bytes(Map<String, AttributeValue> item, String name) {
        AttributeValue value = item.get(name);
        return value == null || value.b() == null ? new byte[0] : value.b().asByteArrayUnsafe();
    }

    /** For DynamoDB's own clearing up, which counts whole seconds: not before the moment. */
    static AttributeValue expiry(long nanos) {
        return of(Math.ceilDiv(nanos, NANOS));
    }

    /** What has an {@link #expiry} up to this one has expired. */
    static long seconds(long nanos) {
        return Math.floorDiv(nanos, NANOS);
    }
}
