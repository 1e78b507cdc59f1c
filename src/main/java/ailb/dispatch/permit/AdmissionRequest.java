package ailb.dispatch.permit;

import ailb.admission.Demand;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A request to admit calls to an endpoint.
 *
 * @param demands of calls that go one after the other; at least one, and one only for a probe
 * @param access what kind of call the breaker allows now
 * @param maxWait longest wait for the slot of any of them, nanoseconds
 * @param probeTime how long the call may take if it is a probe
 * @param held how long the permits of all calls but the first may be held, nanoseconds; 0 for not at all
 */
public record AdmissionRequest(
        Endpoint endpoint,
        List<Demand> demands,
        Priority priority,
        Breaker.Access access,
        long maxWait,
        Duration probeTime,
        long held) {

    public AdmissionRequest {
        demands = List.copyOf(demands);
    }

    /** For one call. */
    public AdmissionRequest(
            Endpoint endpoint,
            Demand demand,
            Priority priority,
            Breaker.Access access,
            long maxWait,
            Duration probeTime) {
        this(endpoint, List.of(demand), priority, access, maxWait, probeTime, 0);
    }

    /** The same for further calls too, whose permits may be held this long. */
    public AdmissionRequest with(List<Demand> further, long heldBack) {
        List<Demand> all = new ArrayList<>(demands);
        all.addAll(further);
        return new AdmissionRequest(endpoint, all, priority, access, maxWait, probeTime, heldBack);
    }
}
