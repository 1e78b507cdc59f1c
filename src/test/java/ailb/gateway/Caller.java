package ailb.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Writes one answer to a caller: HTTP/1.1, each piece of it as a chunk, at once. */
final class Caller {

    private static final byte[] LINE_END = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(ISO_8859_1);

    private final OutputStream out;
    private final UUID requestId;
    private final Instant now;
    private final boolean takesBody;

    /**
     * @param requestId the gateway's name for the request
     * @param takesBody false for a HEAD
     */
    Caller(OutputStream out, UUID requestId, Instant now, boolean takesBody) {
        this.out = out;
        this.requestId = requestId;
        this.now = now;
        this.takesBody = takesBody;
    }

    /** An answer of the gateway's own. */
    void send(GatewayError error, boolean closes) throws IOException {
        List<Header> headers = new ArrayList<>(error.headers());
        headers.add(new Header("Content-Length", Integer.toString(error.body().length)));
        headers.add(new Header("Connection", closes ? "close" : "keep-alive"));
        ByteArrayOutputStream answer = head(error.status(), headers);
        if (takesBody) {
            answer.writeBytes(error.body());
        }
        send(answer);
    }

    /** The head of a function's answer. */
    void send(Prelude prelude) throws IOException {
        List<Header> headers = new ArrayList<>(AnswerHeaders.outgoing(prelude.headers()));
        headers.add(new Header("Connection", "keep-alive"));
        if (hasBody(prelude)) {
            headers.add(new Header("Transfer-Encoding", "chunked"));
        }
        send(head(prelude.status(), headers));
    }

    /** Whether HTTP allows this answer a body. */
    boolean hasBody(Prelude prelude) {
        return takesBody && prelude.status() != 204 && prelude.status() != 304;
    }

    void sendChunk(byte[] bytes, int offset, int length) throws IOException {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream(length + 16);
        chunk.writeBytes(Integer.toHexString(length).getBytes(ISO_8859_1));
        chunk.writeBytes(LINE_END);
        chunk.write(bytes, offset, length);
        chunk.writeBytes(LINE_END);
        send(chunk);
    }

    void sendLastChunk() throws IOException {
        out.write(LAST_CHUNK);
        out.flush();
    }

    private ByteArrayOutputStream head(int status, List<Header> headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " \r\n");
        head.append("Date: ")
                .append(DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC)))
                .append("\r\nx-amzn-RequestId: ")
                .append(requestId)
                .append("\r\n");
        headers.forEach(
                header -> head.append(header.name()).append(": ").append(header.value()).append("\r\n"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.append("\r\n").toString().getBytes(ISO_8859_1));
        return bytes;
    }

    private void send(ByteArrayOutputStream bytes) throws IOException {
        bytes.writeTo(out);
        out.flush();
    }
}
