package ailb.port;

import ailb.pool.FailureClass;

/** Something that happened to a request or an endpoint. Holds no secrets and nothing a caller wrote. */
public sealed interface DispatchEvent {

    String endpoint();

    /** A call was admitted, to start after {@code waitNanos}. */
    record Admitted(String endpoint, long waitNanos) implements DispatchEvent {}

    /** A call found no room: others had taken it. */
    record Refused(String endpoint) implements DispatchEvent {}

    /** A permit was let go because the endpoint changed while the call waited for its slot. */
    record Dropped(String endpoint) implements DispatchEvent {}

    /** An endpoint answered. */
    record Answered(String endpoint, long nanos, long inputTokens, long outputTokens) implements DispatchEvent {}

    /** The caller was gone before an endpoint had sent any content. */
    record HungUp(String endpoint, long nanos) implements DispatchEvent {}

    /** An attempt failed; {@code status} is 0 where no reply came. */
    record Failed(String endpoint, long nanos, FailureClass failure, int status, String detail)
            implements
                DispatchEvent {}

    record Opened(String endpoint, FailureClass reason) implements DispatchEvent {}

    record Closed(String endpoint) implements DispatchEvent {}

    /** A key was refused, and another one was found under its name. */
    record KeyRenewed(String endpoint) implements DispatchEvent {}

    record KeyMissing(String endpoint, String remedy) implements DispatchEvent {}

    /** The state store refused a write: the endpoint's item is written to too often. */
    record Throttled(String endpoint) implements DispatchEvent {}

    /** The state store or the keys' store did not answer; {@code endpoint} is the item concerned, or {@code all}. */
    record StoreTrouble(String endpoint, String cause) implements DispatchEvent {}

    /** The state store is taken to be down: this instance goes on by itself. {@code endpoint} is {@code all}. */
    record StoreDown(String endpoint, String cause) implements DispatchEvent {}

    /** The state store was tried again, and is still down. {@code endpoint} is {@code all}. */
    record StoreStillDown(String endpoint, String cause) implements DispatchEvent {}

    /** The state store answers again, after {@code downNanos}. {@code endpoint} is {@code all}. */
    record StoreUp(String endpoint, long downNanos) implements DispatchEvent {}
}
