package ailb.pool;

/** Why a call to an endpoint did not answer, as far as the balancer acts on it. */
public enum FailureClass {
    /** The caller's own mistake: passed on as it is, counts against nobody. */
    CALLER_FAULT,
    /** The provider's limit was hit: the limit is pushed, the endpoint is healthy. */
    RATE_LIMITED,
    /** The account cannot pay: needs a person. */
    QUOTA,
    /** The provider as a whole is short of capacity. */
    OVERLOADED,
    /** The key is wrong or not allowed: needs a person. */
    CREDENTIAL,
    /** The endpoint's model or deployment does not exist: needs a person. */
    MODEL,
    /** The provider failed. */
    SERVER,
    /** No whole, well-formed answer came: connection, TLS or DNS failure, half a body, not the promised JSON. */
    TRANSPORT,
    /** No answer within the attempt's time. */
    TIMEOUT;

    /** True for faults of the endpoint, which open its breaker when they repeat. */
    public boolean isEndpointFault() {
        return switch (this) {
            case OVERLOADED, SERVER, TRANSPORT, TIMEOUT -> true;
            case CALLER_FAULT, RATE_LIMITED, QUOTA, CREDENTIAL, MODEL -> false;
        };
    }

    /** True for failures that repeat until a person acts: the endpoint is taken out at the first one. */
    public boolean needsAPerson() {
        return switch (this) {
            case QUOTA, CREDENTIAL, MODEL -> true;
            case CALLER_FAULT, RATE_LIMITED, OVERLOADED, SERVER, TRANSPORT, TIMEOUT -> false;
        };
    }
}
