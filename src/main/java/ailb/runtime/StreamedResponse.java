package ailb.runtime;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A response in progress: a request whose body is sent in chunks. Its own thread waits for the API's answer. An answer
 * before the end means that the API has ended the response. Then the socket is closed, so that a writer that is blocked
 * by a slow reader fails, and so does the next write.
 */
final class StreamedResponse {

    /** How long a failed write waits for the API's answer, which gives the reason. Usually it has already arrived. */
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
     * Sends a chunk. Blocks while the API does not read.
     *
     * @param length above 0: an empty chunk would end the body
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
            close(); // Part of a chunk may have been sent: nothing may follow it.
            throw failure;
        }
        requireWanted();
    }

    /** Whether the API has answered or closed the connection before the end of the response. */
    boolean isUnwanted() {
        return !complete && answer.isDone();
    }

    /** Ends the complete response, and waits for the API's answer. */
    Answer end() throws IOException {
        return endWith("");
    }

    /** Ends the response with an error, and waits for the API's answer. */
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
            return new IOException("the Runtime API ended this response early: " + early.summary(), cause);
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
