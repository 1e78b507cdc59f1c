package ailb.admission;

import ailb.state.EndpointState;

/**
 * A call that has ended.
 *
 * @param demand what it was admitted on
 * @param admitted the item as its admission left it, and not that of the calls admitted with it that go after it
 */
public record CompletedCall(Demand demand, EndpointState admitted, Feedback feedback) {}
