package ailb.pool;

import java.time.Duration;

/** The rules of the pool as a whole. */
public record Settings(Retries retries, Health health, Routing routing) {

    public static final Settings DEFAULT = new Settings(
            new Retries(3, Duration.ofMinutes(10)),
            new Health(3, Duration.ofSeconds(60), Duration.ofMinutes(5)),
            new Routing(Duration.ofSeconds(5), Duration.ofMinutes(5), true, 0.01));

    /**
     * How often and how long one request tries.
     *
     * @param maxAttempts calls to endpoints for one request, 1 to 10
     * @param attemptCap longest time one attempt may take, above 0
     */
    public record Retries(int maxAttempts, Duration attemptCap) {

        public Retries {
            require(maxAttempts >= 1 && maxAttempts <= 10, "maxAttempts must be 1 to 10, not " + maxAttempts);
            require(attemptCap.isPositive(), "attemptCap must be above 0, not " + attemptCap);
        }
    }

    /**
     * When the breaker of an endpoint opens, and for how long.
     *
     * @param consecutiveErrors endpoint faults in a row that take an endpoint out, 1 to 100
     * @param openFor how long it stays out, above 0
     * @param openForPerson how long it stays out for a failure that needs a person (key, quota, model), above 0
     */
    public record Health(int consecutiveErrors, Duration openFor, Duration openForPerson) {

        public Health {
            require(
                    consecutiveErrors >= 1 && consecutiveErrors <= 100,
                    "consecutiveErrors must be 1 to 100, not " + consecutiveErrors);
            require(openFor.isPositive(), "openFor must be above 0, not " + openFor);
            require(openForPerson.isPositive(), "openForPerson must be above 0, not " + openForPerson);
        }
    }

    /**
     * How an endpoint is chosen.
     *
     * @param maxWait longest wait for a slot that a request accepts when every endpoint is full, 0 for none
     * @param retryAfterCap longest Retry-After of a provider that is honoured, above 0
     * @param latency true to prefer the quicker endpoints
     * @param localShare share of each limit that an instance goes on with by itself when the state store is down and
     *     nothing is known of its part in the traffic, above 0 and at most 1
     */
    public record Routing(Duration maxWait, Duration retryAfterCap, boolean latency, double localShare) {

        public Routing {
            require(!maxWait.isNegative(), "maxWait must be 0 or more, not " + maxWait);
            require(retryAfterCap.isPositive(), "retryAfterCap must be above 0, not " + retryAfterCap);
            require(localShare > 0 && localShare <= 1, "localShare must be in (0, 1], not " + localShare);
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
