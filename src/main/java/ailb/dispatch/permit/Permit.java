package ailb.dispatch.permit;

import ailb.admission.Demand;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.state.EndpointState;

/**
 * Leave to make one call.
 *
 * @param demand the tokens it was given for
 * @param admitted the endpoint's item as the admission of this call, and of those before it, left it; the call is
 *     reported under its generation
 * @param access as what it comes to the endpoint
 * @param slot the moment the call may start, nanoseconds since the epoch
 */
public record Permit(Endpoint endpoint, Demand demand, EndpointState admitted, Breaker.Access access, long slot) {}
