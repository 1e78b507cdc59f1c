package ailb.dispatch;

import ailb.pool.FailureClass;
import ailb.protocol.Headers;
import ailb.protocol.ProviderRequest;
import java.time.Duration;

/** PORT: carries one request to a provider and brings back what it said. */
public interface Upstream {

    /**
     * Calls the provider once: no retries, no redirects followed.
     *
     * @param timeout for the whole call, connecting and the last byte of the body included; above 0
     * @return the reply, whatever its status, or the trouble on the way; network trouble is never thrown
     * @throws InterruptedException when the calling thread is interrupted; the call is then given up
     */
    Result call(ProviderRequest request, Duration timeout) throws InterruptedException;

    /**
     * Calls the provider once for a stream of events.
     *
     * @param timeout until the head of the reply; above 0
     * @return {@link Streaming} where it answers with a stream of events, and otherwise as {@link #call}
     * @throws InterruptedException when the calling thread is interrupted; the call is then given up
     */
    default Result open(ProviderRequest request, Duration timeout) throws InterruptedException {
        return call(request, timeout);
    }

    /** What came of one call. */
    sealed interface Result {}

    /** The head of a reply whose body is a stream of events. The body must be closed. */
    record Streaming(int status, Headers headers, Body body) implements Result {}

    /** A body that is read as it comes. Used by one thread. */
    interface Body extends AutoCloseable {

        /**
         * The next piece.
         *
         * @param timeout longest wait for it; above 0
         * @throws InterruptedException when the calling thread is interrupted
         */
        Piece next(Duration timeout) throws InterruptedException;

        /** Ends the call, whatever may still come. */
        @Override
        void close();
    }

    /** What came of waiting for a piece. */
    sealed interface Piece {}

    @SuppressWarnings("ArrayRecordComponent") // handed on as they are, never compared
    record Bytes(byte[] bytes) implements Piece {}

    /** There is no more. */
    record End() implements Piece {}

    /** Nothing came in that time; it may still. */
    record Silence() implements Piece {}

    /**
     * There is more, but it does not come.
     *
     * @param failure {@link FailureClass#TRANSPORT} or {@link FailureClass#TIMEOUT}
     * @param detail for a log line: what happened, with no secret in it
     */
    record Lost(FailureClass failure, String detail) implements Piece {}

    /** A whole reply. */
    @SuppressWarnings("ArrayRecordComponent") // the body is handed on as it is, never compared
    record Reply(int status, Headers headers, byte[] body) implements Result {}

    /**
     * No whole reply.
     *
     * @param failure {@link FailureClass#TRANSPORT} or {@link FailureClass#TIMEOUT}
     * @param detail for a log line: what happened, with no secret in it
     */
    record Failed(FailureClass failure, String detail) implements Result {}
}
