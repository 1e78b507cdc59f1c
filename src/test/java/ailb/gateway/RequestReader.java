package ailb.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads requests of HTTP/1.1, with bodies of a given length or in chunks, of which none is longer than 10 MB. */
final class RequestReader {

    static final int MAX_BODY = 10 * 1024 * 1024;

    private static final int MAX_LINE = 64 * 1024;
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1);

    private final InputStream in;
    private final OutputStream out;

    RequestReader(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /**
     * The next request; empty where the caller sends no more.
     *
     * @throws RefusedRequestException when it is none that the gateway takes; the connection is of no use afterwards
     */
    Optional<CallerRequest> next() throws IOException, RefusedRequestException {
        String first = line();
        if (first == null) {
            return Optional.empty();
        }
        String[] words = first.split(" ", -1);
        if (words.length != 3 || !words[1].startsWith("/") || !words[2].startsWith("HTTP/1.")) {
            throw new RefusedRequestException(GatewayError.MALFORMED);
        }
        CallerRequest head = new CallerRequest(words[0], words[1], headers(), new byte[0]);
        return Optional.of(new CallerRequest(head.method(), head.target(), head.headers(), body(head)));
    }

    private List<Header> headers() throws IOException, RefusedRequestException {
        List<Header> headers = new ArrayList<>();
        for (String line = someLine(); !line.isEmpty(); line = someLine()) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new RefusedRequestException(GatewayError.MALFORMED);
            }
            headers.add(new Header(line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return headers;
    }

    private byte[] body(CallerRequest head) throws IOException, RefusedRequestException {
        boolean isChunked = head.header("Transfer-Encoding")
                .map(coding -> coding.toLowerCase(Locale.ROOT))
                .filter("chunked"::equals)
                .isPresent();
        long length = isChunked ? 0 : number(head.header("Content-Length").orElse("0"), 10);
        boolean isAsking = head.header("Expect").filter("100-continue"::equalsIgnoreCase).isPresent();
        if (length > MAX_BODY && isAsking) {
            throw new RefusedRequestException(GatewayError.BODY_TOO_LARGE);
        }
        if (isAsking) {
            out.write(CONTINUE);
            out.flush();
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        long sent = isChunked ? readChunks(body) : length;
        if (!isChunked) {
            read(length, body);
        }
        if (sent > MAX_BODY) {
            throw new RefusedRequestException(GatewayError.BODY_TOO_LARGE);
        }
        return body.toByteArray();
    }

    private long readChunks(ByteArrayOutputStream body) throws IOException, RefusedRequestException {
        long sent = 0;
        for (long size = chunkSize(); size > 0; size = chunkSize()) {
            read(size, body);
            sent += size;
            if (!someLine().isEmpty()) {
                throw new RefusedRequestException(GatewayError.MALFORMED);
            }
        }
        headers(); // trailers
        return sent;
    }

    private long chunkSize() throws IOException, RefusedRequestException {
        return number(someLine().split(";", 2)[0].strip(), 16);
    }

    /** What is over the limit is read, so that the caller gets to read the refusal, and is thrown away. */
    private void read(long length, ByteArrayOutputStream body) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (long left = length; left > 0;) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new EOFException("the caller hung up in the middle of a body");
            }
            if (body.size() <= MAX_BODY) {
                body.write(buffer, 0, read);
            }
            left -= read;
        }
    }

    private static long number(String text, int radix) throws RefusedRequestException {
        try {
            return Long.parseUnsignedLong(text, radix);
        } catch (NumberFormatException e) {
            throw new RefusedRequestException(GatewayError.MALFORMED);
        }
    }

    private String someLine() throws IOException, RefusedRequestException {
        String line = line();
        if (line == null) {
            throw new EOFException("the caller hung up in the middle of a head");
        }
        return line;
    }

    /** Without its end; null where nothing comes any more. */
    private @Nullable String line() throws IOException, RefusedRequestException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int read = in.read(); read != '\n'; read = in.read()) {
            if (read < 0) {
                return null;
            }
            if (line.size() == MAX_LINE) {
                throw new RefusedRequestException(GatewayError.MALFORMED);
            }
            line.write(read);
        }
        return line.toString(ISO_8859_1).replaceFirst("\r$", "");
    }
}
