package ailb.runtime;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A response under way: a request whose body goes out chunk by chunk. A thread of its own waits for the API's answer, which
 * comes before the end only if the API wants no more: then the socket is closed, so that a writer that waits for a slow
 * reader, or will write next, fails.
 */
final class StreamedResponse {

    /** How long a write that failed waits to learn why; the answer, if there is one, has arrived before. */
    private static final int REASON_MILLIS = 1_000;

    private final Exchange exchange;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private volatile boolean complete;

    StreamedResponse(Exchange exchange) {
        this.exchange = exchange;
        Thread.ofVirtual().name("runtime-api-answer").start(this::awaitAnswer);
    }

    private void awaitAnswer() {
        try {
            answer.complete(exchange.readAnswer());
        } catch (Throwable e) {
            answer.completeExceptionally(e);
        }
        if (!complete) {
            close();
        }
    }

    /**
     * Sends a chunk, and waits while the API takes none.
     *
     * @param length more than 0: a chunk without bytes would be the end
     * @throws IOException if the API refused the response or is gone
     */
    void send(byte[] bytes, int offset, int length) throws IOException {
        requireWanted();
        try {
            exchange.write(Integer.toHexString(length) + "\r\n");
            exchange.write(bytes, offset, length);
            exchange.write("\r\n");
            exchange.flush();
        } catch (IOException e) {
            IOException failure = broken(e);
            close(); // Part of a chunk may be out: nothing may come after it.
            throw failure;
        }
        requireWanted();
    }

    /** Whether the API has answered, or is gone, though the response is not at its end. */
    boolean isUnwanted() {
        return !complete && answer.isDone();
    }

    /** Says that the response is whole, and waits for the API's answer. */
    Answer end() throws IOException {
        return endWith("");
    }

    /** Says that the response broke off, and waits for the API's answer. */
    Answer end(ErrorReport report) throws IOException {
        return endWith(report.trailers());
    }

    private Answer endWith(String trailers) throws IOException {
        if (!isUnwanted()) {
            complete = true;
            try {
                exchange.write("0\r\n" + trailers + "\r\n");
                exchange.flush();
            } catch (IOException e) {
                close();
            }
        }
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new IOException("no answer of the Runtime API to a response: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the Runtime API");
        } finally {
            close();
        }
    }

    /** @throws IOException if the API refused the response or is gone */
    void requireWanted() throws IOException {
        if (isUnwanted()) {
            throw broken(null);
        }
    }

    private IOException broken(@Nullable IOException cause) {
        try {
            Answer early = answer.get(REASON_MILLIS, TimeUnit.MILLISECONDS);
            return new IOException("the Runtime API wants no more of this response: " + early.summary(), cause);
        } catch (ExecutionException e) {
            return new IOException("the Runtime API is gone: " + e.getCause(), e);
        } catch (TimeoutException e) {
            return new IOException("the response could not be sent", cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new InterruptedIOException("interrupted while sending a response");
        }
    }

    private void close() {
        try {
            exchange.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }
}
