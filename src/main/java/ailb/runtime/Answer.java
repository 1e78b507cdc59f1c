package ailb.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A response of the Runtime API.
 *
 * @param headers by lower-case name
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(int status, Map<String, String> headers, byte[] body) {

    /** In characters. */
    private static final int EXCERPT = 200;

    Answer {
        headers = Map.copyOf(headers);
    }

    @Nullable
    String header(String name) {
        return headers.get(name);
    }

    /** @throws IOException without such a header */
    String required(String name) throws IOException {
        String value = headers.get(name);
        if (value == null) {
            throw new IOException("the Runtime API answered without the header " + name);
        }
        return value;
    }

    /** The status and the start of the body, for a log line. */
    String summary() {
        String text = new String(body, 0, Math.min(body.length, EXCERPT), StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? Integer.toString(status) : status + ", " + text;
    }
}
