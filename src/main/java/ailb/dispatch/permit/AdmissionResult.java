package ailb.dispatch.permit;

import java.util.List;

/** What came of asking for permits. */
public sealed interface AdmissionResult {

    /**
     * @param permits for the first of the calls asked for; at least one, in the order of their slots
     * @param until when calls that are held must have started, nanoseconds since the epoch
     */
    record Granted(List<Permit> permits, long until) implements AdmissionResult {

        public Granted {
            permits = List.copyOf(permits);
        }
    }

    /** There is no room soon enough, other calls were quicker, or the breaker opened meanwhile. */
    record Refused() implements AdmissionResult {}

    /** The endpoint's item gets too many writes. Asking again would make it worse. */
    record Throttled() implements AdmissionResult {}

    /** The store did not answer. If the write was made, nobody uses its permits. */
    record Unknown() implements AdmissionResult {}
}
