package ailb.aws;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Bytes that are too many for an item, in items of {@link #SIZE} each but the last. */
final class Chunks {

    /** Of the 400 KB that an item may have, this leaves the rest of it plenty. */
    static final int SIZE = 300 * 1024;

    private static final String BYTES = "by";

    private final BatchTable table;

    Chunks(BatchTable table) {
        this.table = table;
    }

    static int count(long bytes) {
        return Math.toIntExact(Math.ceilDiv(bytes, SIZE));
    }

    void write(String whole, byte[] bytes, long expires) {
        for (int index = 0; index < count(bytes.length); index++) {
            int from = index * SIZE;
            Map<String, AttributeValue> item = new HashMap<>(BatchKeys.part(whole, index));
            item.put(BYTES, AttributeValues.of(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + SIZE))));
            item.put("ex", AttributeValues.expiry(expires));
            table.put(item);
        }
    }

    /** From an offset to the end of the part it lies in; empty where there is no such part. */
    byte[] stretch(String whole, long offset) {
        byte[] part = AttributeValues.bytes(table.get(BatchKeys.part(whole, offset / SIZE)), BYTES);
        int from = Math.min(part.length, (int) (offset % SIZE));
        return Arrays.copyOfRange(part, from, part.length);
    }

    /** Empty where a part has been cleared up. */
    Optional<byte[]> whole(String whole, int length) {
        byte[] bytes = new byte[length];
        for (int from = 0; from < length; from += SIZE) {
            byte[] part = stretch(whole, from);
            if (part.length != Math.min(SIZE, length - from)) {
                return Optional.empty();
            }
            System.arraycopy(part, 0, bytes, from, part.length);
        }
        return Optional.of(bytes);
    }
}
