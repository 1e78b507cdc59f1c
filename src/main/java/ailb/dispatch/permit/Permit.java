package ailb.dispatch.permit;

import ailb.admission.Demand;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.state.EndpointState;

/**
 * Permission to make one call.
 *
 * @param demand the tokens it was given for
 * @param admitted the endpoint's item after this call, and those before it, were admitted; the outcome is recorded
 *     under its generation
 * @param access whether the call is a normal one or a probe
 * @param slot the moment the call may start, nanoseconds since the epoch
 */
public record Permit(Endpoint endpoint, Demand demand, EndpointState admitted, Breaker.Access access, long slot) {}
