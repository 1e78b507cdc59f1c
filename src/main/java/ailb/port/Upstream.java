package ailb.port;

import ailb.pool.FailureClass;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderRequest;
import java.time.Duration;
import java.util.Optional;

/** PORT: sends one request to a provider and returns its reply. */
public interface Upstream {

    /**
     * Calls the provider once: no retries, no redirects followed.
     *
     * @param timeout for the whole call, connecting and the last byte of the body included; above 0
     * @return the reply, whatever its status, or why there is none; network errors are never thrown
     * @throws InterruptedException when the calling thread is interrupted; the call is then given up
     */
    Result call(ProviderRequest request, Duration timeout) throws InterruptedException;

    /**
     * The same for calls that share a budget of bytes.
     *
     * @param share takes the bytes of the reply; whoever reads the reply gives them back
     */
    default Result call(ProviderRequest request, Duration timeout, ReplyBudget.Share share)
            throws InterruptedException {
        return call(request, timeout);
    }

    /**
     * Calls the provider once for a stream of events. May return before there is any reply.
     *
     * @param timeout until the head of the reply; above 0
     * @throws InterruptedException when the calling thread is interrupted; the call is then given up
     */
    default Pending open(ProviderRequest request, Duration timeout) throws InterruptedException {
        return Pending.of(call(request, timeout));
    }

    /** A call whose reply has not begun. Used by one thread, which waits for the result or closes the call. */
    interface Pending extends AutoCloseable {

        /**
         * {@link Streaming} if the provider answers with a stream of events, otherwise the result as of {@link #call};
         * empty if neither has come in this time. Not called again after a result.
         *
         * @param longest above 0
         * @throws InterruptedException when the calling thread is interrupted; the call is then given up
         */
        Optional<Result> await(Duration longest) throws InterruptedException;

        /** Gives the call up. Does nothing once the result is there. */
        @Override
        void close();

        /** A call whose result is there already. */
        static Pending of(Result result) {
            return new Pending() {
                @Override
                public Optional<Result> await(Duration longest) {
                    return Optional.of(result);
                }

                @Override
                public void close() {
                    // nothing is under way
                }
            };
        }
    }

    /** The result of one call. */
    sealed interface Result {}

    /** The head of a reply whose body is a stream of events. The body must be closed. */
    record Streaming(int status, Headers headers, Body body) implements Result {}

    /** A body that is read while it comes. Used by one thread. */
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

    /** The result of waiting for a piece. */
    sealed interface Piece {}

    @SuppressWarnings("ArrayRecordComponent") // handed on as they are, never compared
    record Bytes(byte[] bytes) implements Piece {}

    /** The body has ended. */
    record End() implements Piece {}

    /** Nothing came in this time. It may still come. */
    record Silence() implements Piece {}

    /**
     * The rest of the body will not come.
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
