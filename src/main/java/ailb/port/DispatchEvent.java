package ailb.port;

import ailb.pool.FailureClass;

/** Something that happened to a request or an endpoint. Contains no secrets and nothing that a caller wrote. */
public sealed interface DispatchEvent {

    String endpoint();

    /** A call was admitted, to start after {@code waitNanos}. */
    record Admitted(String endpoint, long waitNanos) implements DispatchEvent {}

    /** A call was not admitted: there was no room left. */
    record Refused(String endpoint) implements DispatchEvent {}

    /** A permit was dropped because the endpoint changed while the call waited for its slot. */
    record Dropped(String endpoint) implements DispatchEvent {}

    /** An endpoint answered. */
    record Answered(String endpoint, long nanos, long inputTokens, long outputTokens) implements DispatchEvent {}

    /** The caller left before the answer was complete. */
    record HungUp(String endpoint, long nanos) implements DispatchEvent {}

    /** An attempt failed. {@code status} is 0 if no reply came. */
    record Failed(String endpoint, long nanos, FailureClass failure, int status, String detail)
            implements
                DispatchEvent {}

    record Opened(String endpoint, FailureClass reason) implements DispatchEvent {}

    record Closed(String endpoint) implements DispatchEvent {}

    /** A key was refused, and the secret has another one under its name by now. */
    record KeyRenewed(String endpoint) implements DispatchEvent {}

    record KeyMissing(String endpoint, String remedy) implements DispatchEvent {}

    /** The state store refused a write because the endpoint's item gets too many. */
    record Throttled(String endpoint) implements DispatchEvent {}

    /** The state store or the keys' store did not answer; {@code endpoint} is the item concerned, or {@code all}. */
    record StoreTrouble(String endpoint, String cause) implements DispatchEvent {}

    /** The state store is down: this instance goes on by itself. {@code endpoint} is {@code all}. */
    record StoreDown(String endpoint, String cause) implements DispatchEvent {}

    /** The state store was tried again, and is still down. {@code endpoint} is {@code all}. */
    record StoreStillDown(String endpoint, String cause) implements DispatchEvent {}

    /** The state store answers again, after {@code downNanos}. {@code endpoint} is {@code all}. */
    record StoreUp(String endpoint, long downNanos) implements DispatchEvent {}
}
