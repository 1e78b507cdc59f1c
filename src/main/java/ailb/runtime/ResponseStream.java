package ailb.runtime;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The stream to which a handler writes its response. A flush or a full buffer sends the buffered bytes. The response
 * begins with the first bytes sent; until then an error can be reported instead. A write fails after the Runtime API
 * has ended the response. The runtime ends the response, so closing only forbids further writes.
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

    /**
     * Sends the buffered bytes.
     *
     * @throws IOException if the Runtime API has ended the response, even with an empty buffer
     */
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

    /** Whether bytes were sent, or sending was tried. */
    synchronized boolean hasBegun() {
        return response != null;
    }

    /** Whether the Runtime API ended the response early. */
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

    /** Ignores a failure: ending the response reports the same one. */
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
