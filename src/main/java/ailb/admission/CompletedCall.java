package ailb.admission;

import ailb.state.EndpointState;

/**
 * A call that has ended.
 *
 * @param demand the tokens it was admitted on
 * @param admitted the item after its admission, without the calls that were admitted with it and go after it
 */
public record CompletedCall(Demand demand, EndpointState admitted, Feedback feedback) {}
