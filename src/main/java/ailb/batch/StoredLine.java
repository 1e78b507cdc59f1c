package ailb.batch;

import static java.nio.charset.StandardCharsets.US_ASCII;

import ailb.protocol.json.RawObject;
import java.io.ByteArrayOutputStream;

/** How a request is stored: on one line, in characters that a queue takes, and else in the caller's own bytes. */
final class StoredLine {

    private static final byte[] NOT_FFFE = "\\ufffe".getBytes(US_ASCII);
    private static final byte[] NOT_FFFF = "\\uffff".getBytes(US_ASCII);

    private StoredLine() {}

    /** @param line one that is right */
    static byte[] of(RawObject line) {
        byte[] body = line.raw("body").orElseThrow();
        ByteArrayOutputStream stored = new ByteArrayOutputStream(body.length + 128);
        stored.writeBytes("{\"custom_id\":".getBytes(US_ASCII));
        write(line.raw("custom_id").orElseThrow(), stored);
        stored.writeBytes((",\"url\":\"" + line.text("url").orElseThrow() + "\",\"body\":").getBytes(US_ASCII));
        write(body, stored);
        stored.writeBytes("}\n".getBytes(US_ASCII));
        return stored.toByteArray();
    }

    /**
     * A line break stands between the parts of right JSON only, where a space is as good; U+FFFE and U+FFFF stand in its
     * strings only, where an escape is. SQS refuses those two.
     */
    private static void write(byte[] json, ByteArrayOutputStream stored) {
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                stored.write(' ');
            } else if (isNoncharacter(json, i)) {
                stored.writeBytes(json[i + 2] == (byte) 0xbe ? NOT_FFFE : NOT_FFFF);
                i += 2;
            } else {
                stored.write(json[i]);
            }
        }
    }

    private static boolean isNoncharacter(byte[] utf8, int at) {
        return at + 2 < utf8.length
                && utf8[at] == (byte) 0xef
                && utf8[at + 1] == (byte) 0xbf
                && (utf8[at + 2] == (byte) 0xbe || utf8[at + 2] == (byte) 0xbf);
    }
}
