package ailb.dispatch.permit;

import java.util.List;

/** What came of asking for permits. */
public sealed interface AdmissionResult {

    /**
     * @param permits for the first of the calls asked for; at least one, in the order of their slots
     * @param until by when the calls must have started, nanoseconds since the epoch, where they are held
     */
    record Granted(List<Permit> permits, long until) implements AdmissionResult {

        public Granted {
            permits = List.copyOf(permits);
        }
    }

    /** No room soon enough, others were quicker, or the endpoint has been taken out meanwhile. */
    record Refused() implements AdmissionResult {}

    /** Its item is written to too often: asking again would make it worse. */
    record Throttled() implements AdmissionResult {}

    /** The store did not say. If the permit was taken, nobody uses it. */
    record Unknown() implements AdmissionResult {}
}
