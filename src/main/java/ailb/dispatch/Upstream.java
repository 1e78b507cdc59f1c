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

    /** What came of one call. */
    sealed interface Result {}

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
