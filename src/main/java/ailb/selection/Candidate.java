package ailb.selection;

import ailb.pool.Endpoint;
import ailb.state.EndpointState;

/** An endpoint that can take a call, and its item as last seen. */
public record Candidate(Endpoint endpoint, EndpointState state) {}
