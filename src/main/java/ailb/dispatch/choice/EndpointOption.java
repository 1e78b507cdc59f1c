package ailb.dispatch.choice;

import ailb.admission.Demand;
import ailb.health.Breaker;
import ailb.pool.Endpoint;

/**
 * An endpoint that could take a call.
 *
 * @param access what kind of call the breaker allows now
 * @param room from when on it has room, nanoseconds since the epoch
 * @param maxWait longest wait that leaves time for the call itself, nanoseconds
 * @param tried whether it has failed this request before
 */
public record EndpointOption(
        Endpoint endpoint, Demand demand, Breaker.Access access, long room, long maxWait, boolean tried) {}
