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

    /** What happened, as a clause for people. */
    public String words() {
        return switch (this) {
            case QUOTA -> "the provider's account cannot pay";
            case CREDENTIAL -> "the provider refused the API key";
            case MODEL -> "the provider does not know the model";
            case OVERLOADED -> "the provider said it is overloaded";
            case SERVER -> "the provider answered with server errors";
            case TRANSPORT -> "the provider could not be reached, or its answers were not whole";
            case TIMEOUT -> "the provider did not answer in time";
            case RATE_LIMITED -> "the provider's limits were hit";
            case CALLER_FAULT -> "the request was at fault";
        };
    }

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
