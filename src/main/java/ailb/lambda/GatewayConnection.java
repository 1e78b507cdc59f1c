package ailb.lambda;

import ailb.api.ApiResponse;
import ailb.api.ApiStream;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;

/**
 * Writes an answer for a REST API that streams: a prelude of JSON with status and headers, 8 NULs, and the body. Each
 * part of a stream is flushed. The runtime decides whether it is sent at once or at the end.
 *
 * @param padding bytes of comment at the start of a stream; 0 for none
 */
record GatewayConnection(OutputStream out, int padding) implements ApiStream.Connection {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final byte[] SEPARATOR = new byte[8];

    /** A body for answers without one: the gateway hangs if a body is empty. */
    private static final byte[] NOTHING = {'\n'};

    @Override
    public void send(ApiResponse response) throws IOException {
        writePrelude(response.status(), response.headers());
        out.write(response.body().length == 0 ? NOTHING : response.body());
        out.flush();
    }

    @Override
    public void begin(int status, Map<String, String> headers) throws IOException {
        writePrelude(status, headers);
        if (padding > 0) {
            out.write(comment());
        }
        out.flush();
    }

    @Override
    public void send(byte[] part) throws IOException {
        out.write(part);
        out.flush();
    }

    private void writePrelude(int status, Map<String, String> headers) throws IOException {
        ObjectNode prelude = MAPPER.createObjectNode().put("statusCode", status);
        ObjectNode named = prelude.putObject("headers");
        headers.forEach(named::put);
        out.write(MAPPER.writeValueAsBytes(prelude));
        out.write(SEPARATOR);
    }

    private byte[] comment() {
        byte[] comment = new byte[Math.max(2, padding)];
        Arrays.fill(comment, (byte) ' ');
        comment[0] = ':';
        comment[comment.length - 1] = '\n';
        return comment;
    }
}
