package ailb.runtime;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one HTTP/1.1 response. A malformed or too large one is an {@link IOException}. */
final class AnswerReader {

    /** In bytes, for all lines outside the body. */
    private static final int LARGEST_HEAD = 64 * 1024;

    /** In bytes: an event has at most 6 MB. */
    private static final int LARGEST_BODY = 16 * 1024 * 1024;

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");
    private static final Pattern HEADER =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\\t -~\\x80-\\xff]*)");
    private static final Pattern CHUNK_SIZE = Pattern.compile("([0-9A-Fa-f]{1,7})[ \\t]*(;.*)?");

    private final InputStream in;
    private int headLeft = LARGEST_HEAD;

    AnswerReader(InputStream in) {
        this.in = in;
    }

    Answer read() throws IOException {
        int status = status();
        Map<String, String> headers = headers();
        while (status < 200) {
            status = status();
            headers = headers();
        }
        return new Answer(status, headers, body(status, headers));
    }

    private int status() throws IOException {
        return Integer.parseInt(match(STATUS_LINE, line(), "status line").group(1));
    }

    /** The first of several headers with one name counts. Headers for the body's length must not repeat. */
    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            Matcher header = match(HEADER, line, "header");
            String name = header.group(1).toLowerCase(Locale.ROOT);
            boolean known = headers.putIfAbsent(name, header.group(2).strip()) != null;
            if (known && (name.equals("content-length") || name.equals("transfer-encoding"))) {
                throw malformed("header twice", line);
            }
        }
        return headers;
    }

    private byte[] body(int status, Map<String, String> headers) throws IOException {
        String encoding = headers.get("transfer-encoding");
        String length = headers.get("content-length");
        if (status == 204 || status == 304) {
            return new byte[0];
        }
        if (encoding != null) {
            if (length != null || !encoding.equalsIgnoreCase("chunked")) {
                throw malformed("transfer encoding", encoding);
            }
            return chunked();
        }
        return length == null ? untilTheEnd() : exactly(length(length));
    }

    private static int length(String length) throws IOException {
        if (!length.matches("[0-9]{1,9}")) {
            throw malformed("content length", length);
        }
        return within(Integer.parseInt(length));
    }

    private byte[] chunked() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            within(body.size() + size);
            body.writeBytes(exactly(size));
            if (!line().isEmpty()) {
                throw new IOException("the Runtime API's answer has a chunk that is longer than it says");
            }
        }
        headers(); // trailers
        return body.toByteArray();
    }

    /** Chunk sizes do not count towards the head's limit: an event may come in many chunks. */
    private int chunkSize() throws IOException {
        headLeft = LARGEST_HEAD;
        return Integer.parseInt(match(CHUNK_SIZE, line(), "chunk size").group(1), 16);
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw ended();
        }
        return bytes;
    }

    private byte[] untilTheEnd() throws IOException {
        byte[] bytes = in.readNBytes(LARGEST_BODY + 1);
        within(bytes.length);
        return bytes;
    }

    private static int within(int length) throws IOException {
        if (length > LARGEST_BODY) {
            throw new IOException("the Runtime API's answer has more than " + LARGEST_BODY + " bytes");
        }
        return length;
    }

    /** The next line without its CR LF. */
    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int previous = -1;
        for (int b = in.read(); b != '\n' || previous != '\r'; b = in.read()) {
            if (b < 0) {
                throw ended();
            }
            if (--headLeft < 0) {
                throw new IOException("the head of the Runtime API's answer has more than " + LARGEST_HEAD + " bytes");
            }
            line.write(b);
            previous = b;
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.substring(0, text.length() - 1);
    }

    private static Matcher match(Pattern pattern, String text, String what) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw malformed(what, text);
        }
        return matcher;
    }

    private static EOFException ended() {
        return new EOFException("the Runtime API's answer ended too early");
    }

    private static IOException malformed(String what, String text) {
        return new IOException("the Runtime API's answer is malformed, " + what + ": " + Json.quote(text));
    }
}
