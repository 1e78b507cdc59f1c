package ailb.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a function behind a REST API that streams writes, as the gateway reads it.
 *
 * @param headers all of them texts
 */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
record Prelude(int status, Map<String, String> headers, byte[] body) {

    private static final int LATEST = 16 * 1024;

    /** @throws AssertionError where the gateway would not read it */
    static Prelude read(byte[] written) throws IOException {
        int end = separator(written);
        JsonNode head = new JsonMapper().readTree(Arrays.copyOf(written, end));
        Map<String, String> headers = head.path("headers")
                .properties()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, header -> text(header.getValue())));
        return new Prelude(
                head.required("statusCode").intValue(), headers,
                Arrays.copyOfRange(written, end + 8, written.length));
    }

    private static String text(JsonNode header) {
        if (!header.isTextual()) {
            throw new AssertionError("a header that is no text");
        }
        return header.textValue();
    }

    private static int separator(byte[] written) {
        int nuls = 0;
        for (int i = 0; i < Math.min(written.length, LATEST); i++) {
            nuls = written[i] == 0 ? nuls + 1 : 0;
            if (nuls == 8) {
                return i - 7;
            }
        }
        throw new AssertionError("no 8 NULs in the first 16 KB");
    }

    String text() {
        return new String(body, UTF_8);
    }
}
