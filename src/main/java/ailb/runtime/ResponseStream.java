package ailb.runtime;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a handler writes its answer: each flush sends what was written since the last one, and so does a full buffer. The
 * response begins with the first bytes that are sent; until then the invocation may still be answered with an error. A
 * write fails when the Runtime API wants no more of it. The end is the runtime's to say: closing only ends the writing.
 */
final class ResponseStream extends OutputStream {

    private static final int BUFFER = 16 * 1024;

    private final RuntimeApi api;
    private final String id;
    private final byte[] buffer = new byte[BUFFER];
    private int buffered;
    private boolean closed;
    private @Nullable StreamedResponse response;

    ResponseStream(RuntimeApi api, String id) {
        this.api = api;
        this.id = id;
    }

    @Override
    public synchronized void write(int b) throws IOException {
        requireOpen();
        if (buffered == BUFFER) {
            sendBuffer();
        }
        buffer[buffered++] = (byte) b;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        requireOpen();
        if (length > BUFFER - buffered) {
            sendBuffer();
        }
        if (length > BUFFER) {
            response().send(bytes, offset, length);
        } else {
            System.arraycopy(bytes, offset, buffer, buffered, length);
            buffered += length;
        }
    }

    /** Sends what was written. @throws IOException also if nothing was, when the Runtime API wants no more */
    @Override
    public synchronized void flush() throws IOException {
        if (!closed) {
            sendBuffer();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            try {
                sendBuffer();
            } finally {
                closed = true;
            }
        }
    }

    /** Whether bytes were sent, or the attempt was made. */
    synchronized boolean hasBegun() {
        return response != null;
    }

    /** Whether the Runtime API gave up the response before its end. */
    synchronized boolean isUnwanted() {
        return response != null && response.isUnwanted();
    }

    /**
     * Ends the response, and waits for the API's answer.
     *
     * @return empty if nothing was ever written
     * @throws IOException if there is no answer
     */
    synchronized Optional<Answer> end() throws IOException {
        sendRest();
        return response == null ? Optional.empty() : Optional.of(response.end());
    }

    /**
     * Ends a response that has begun with an error, and waits for the API's answer.
     *
     * @throws IOException if there is no answer
     */
    synchronized Answer end(ErrorReport report) throws IOException {
        sendRest();
        return response().end(report);
    }

    /** What cannot be sent any more does not matter: the end tells why. */
    private void sendRest() throws IOException {
        closed = true;
        try {
            sendBuffer();
        } catch (IOException e) {
            if (response == null) {
                throw e;
            }
        }
    }

    private void sendBuffer() throws IOException {
        int length = buffered;
        buffered = 0;
        if (length > 0) {
            response().send(buffer, 0, length);
        } else if (response != null) {
            response.requireWanted();
        }
    }

    private StreamedResponse response() throws IOException {
        if (response == null) {
            response = api.begin(id);
        }
        return response;
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the response is closed");
        }
    }
}
