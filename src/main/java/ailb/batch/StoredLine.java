package ailb.batch;

import static java.nio.charset.StandardCharsets.US_ASCII;

import ailb.protocol.json.RawObject;
import java.io.ByteArrayOutputStream;

/** How a request is stored: on one line, in characters that a queue takes, otherwise in the caller's own bytes. */
final class StoredLine {

    private static final byte[] NOT_FFFE = "\\ufffe".getBytes(US_ASCII);
    private static final byte[] NOT_FFFF = "\\uffff".getBytes(US_ASCII);

    private StoredLine() {}

    /** @param line valid JSON */
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
     * Valid JSON has line breaks only outside of strings, where a space means the same. It has U+FFFE and U+FFFF, which
     * SQS refuses, only in strings, where an escape means the same.
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
