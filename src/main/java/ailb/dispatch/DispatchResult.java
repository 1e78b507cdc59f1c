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

    /** The caller has the events of an endpoint. If they broke off, the last one is an error. */
    record Streamed(String endpoint, int attempts) implements DispatchResult {}

    /** The caller of a stream left before any content came. */
    record HungUp(int attempts) implements DispatchResult {}

    /** An endpoint refused the request for the caller's own fault. Status and body are the provider's. */
    @SuppressWarnings("ArrayRecordComponent") // the body is handed on as it is, never compared
    record PassedOn(String endpoint, int attempts, int status, byte[] body) implements DispatchResult {}

    /**
     * No endpoint answered.
     *
     * @param retryAfter after this time a retry succeeds, if nobody else comes first; empty if unknown
     */
    record Declined(int attempts, ApiError error, Optional<Duration> retryAfter) implements DispatchResult {}
}
