package ailb.admission;

import ailb.pool.LimitKind;

/** When an endpoint has room for a call. */
public sealed interface Availability {

    /** From this moment on (nanoseconds since the epoch, perhaps past), if nobody else comes first. */
    record From(long moment) implements Availability {}

    /**
     * Never: the call needs more than the whole of this limit.
     *
     * @param needed units it takes, as estimated
     * @param allowed the whole limit
     */
    record Never(LimitKind limit, long needed, long allowed) implements Availability {}
}
