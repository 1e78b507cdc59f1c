package ailb.aws;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Splits bytes that are too many for one item into items of {@link #SIZE} bytes each. The last one may be smaller. */
final class Chunks {

    /** Bytes of a part. An item may have 400 KB, which leaves enough for its other attributes. */
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

    /** Reads the bytes from an offset to the end of the part that has it. Empty if there is no such part. */
    byte[] stretch(String whole, long offset) {
        byte[] part = AttributeValues.bytes(table.get(BatchKeys.part(whole, offset / SIZE)), BYTES);
        int from = Math.min(part.length, (int) (offset % SIZE));
        return Arrays.copyOfRange(part, from, part.length);
    }

    /** Reads all bytes. Empty if a part has been deleted. */
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
