package ailb.pool;

/** Why a call to an endpoint failed. The balancer's reaction depends on the class. */
public enum FailureClass {
    /** The caller's mistake: passed on unchanged, does not count against the endpoint. */
    CALLER_FAULT,
    /** The provider's limit was hit: the balancer's own limit is tightened, the endpoint stays healthy. */
    RATE_LIMITED,
    /** The account cannot pay: needs a person. */
    QUOTA,
    /** The provider is short of capacity. */
    OVERLOADED,
    /** The key is wrong or not allowed: needs a person. */
    CREDENTIAL,
    /** The endpoint's model or deployment does not exist: needs a person. */
    MODEL,
    /** The provider failed. */
    SERVER,
    /** No complete, well-formed answer: connection, TLS or DNS failure, a body cut off, not the expected JSON. */
    TRANSPORT,
    /** No answer within the attempt's time. */
    TIMEOUT;

    /** The failure in words, as a clause. */
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

    /** Whether the endpoint is at fault. Repeated faults open its breaker. */
    public boolean isEndpointFault() {
        return switch (this) {
            case OVERLOADED, SERVER, TRANSPORT, TIMEOUT -> true;
            case CALLER_FAULT, RATE_LIMITED, QUOTA, CREDENTIAL, MODEL -> false;
        };
    }

    /** Whether the failure repeats until a person acts. The breaker opens at the first one. */
    public boolean needsAPerson() {
        return switch (this) {
            case QUOTA, CREDENTIAL, MODEL -> true;
            case CALLER_FAULT, RATE_LIMITED, OVERLOADED, SERVER, TRANSPORT, TIMEOUT -> false;
        };
    }
}
