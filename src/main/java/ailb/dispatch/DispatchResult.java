package ailb.dispatch;

import ailb.protocol.error.ApiError;
import java.time.Duration;
import java.util.Optional;

/** How a request ended. */
public sealed interface DispatchResult {

    /** Calls made to endpoints. */
    int attempts();

    /** An endpoint answered; the body is in the caller's protocol. */
    @SuppressWarnings("ArrayRecordComponent") // the body is handed on as it is, never compared
    record Answered(String endpoint, int attempts, byte[] body) implements DispatchResult {}

    /** The caller has been sent the events of an endpoint, and an error as the last where they broke off. */
    record Streamed(String endpoint, int attempts) implements DispatchResult {}

    /** The caller of a stream was gone before any content came. */
    record HungUp(int attempts) implements DispatchResult {}

    /** An endpoint refused the request for a fault of the caller's; status and words are the provider's. */
    @SuppressWarnings("ArrayRecordComponent") // the body is handed on as it is, never compared
    record PassedOn(String endpoint, int attempts, int status, byte[] body) implements DispatchResult {}

    /**
     * No endpoint answered.
     *
     * @param retryAfter after which a retry succeeds if nobody else comes first, where that is known
     */
    record Declined(int attempts, ApiError error, Optional<Duration> retryAfter) implements DispatchResult {}
}
