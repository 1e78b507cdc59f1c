package ailb.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Finds where the prelude of an answer ends, however the answer is cut: at eight NULs, within its first 16 KB. */
final class PreludeReader {

    static final int SEPARATOR = 8;
    static final int LONGEST = 16 * 1024;

    /** @param body what came of it together with the end of the prelude */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Beginning(Prelude prelude, byte[] body) {}

    private final ByteArrayOutputStream held = new ByteArrayOutputStream();

    boolean isEmpty() {
        return held.size() == 0;
    }

    /**
     * Takes what came next.
     *
     * @return empty until the prelude is whole
     */
    Optional<Beginning> add(byte[] bytes) throws MalformedAnswerException {
        held.writeBytes(bytes);
        byte[] all = held.toByteArray();
        int end = separator(all);
        if (end >= 0) {
            Prelude prelude = Prelude.parse(new String(all, 0, end, StandardCharsets.UTF_8));
            return Optional.of(new Beginning(prelude, Arrays.copyOfRange(all, end + SEPARATOR, all.length)));
        }
        if (all.length >= LONGEST) {
            throw new MalformedAnswerException(GatewayError.NO_PRELUDE, "no eight NULs in the first 16 KB");
        }
        return Optional.empty();
    }

    /** Where it begins; -1 where there is none. */
    private static int separator(byte[] bytes) {
        int nulls = 0;
        for (int i = 0; i < Math.min(bytes.length, LONGEST); i++) {
            nulls = bytes[i] == 0 ? nulls + 1 : 0;
            if (nulls == SEPARATOR) {
                return i + 1 - SEPARATOR;
            }
        }
        return -1;
    }
}
