package ailb.pool;

import java.time.Duration;
import java.util.OptionalDouble;

/** The rules of the pool as a whole. */
public record Settings(Retries retries, Health health, Routing routing) {

    public static final Settings DEFAULT = new Settings(
            new Retries(3, Duration.ofMinutes(10)),
            new Health(3, Duration.ofSeconds(60), Duration.ofMinutes(5)),
            new Routing(Duration.ofSeconds(5), Duration.ofMinutes(5), true,
                    new Cost(OptionalDouble.empty(), AtBudget.REFUSE, 0)));

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
     */
    public record Routing(Duration maxWait, Duration retryAfterCap, boolean latency, Cost cost) {

        public Routing {
            require(!maxWait.isNegative(), "maxWait must be 0 or more, not " + maxWait);
            require(retryAfterCap.isPositive(), "retryAfterCap must be above 0, not " + retryAfterCap);
        }
    }

    /**
     * What calls may cost, and how much that tells in the choice of an endpoint.
     *
     * @param budget US dollars of a UTC day for the whole pool, above 0 and at most 10^9; empty for no budget
     * @param exponent how strongly cheaper endpoints are preferred while half of the budget is left, 0 (not) to 8
     */
    public record Cost(OptionalDouble budget, AtBudget atBudget, double exponent) {

        public Cost {
            require(
                    budget.isEmpty() || (budget.getAsDouble() > 0 && budget.getAsDouble() <= 1e9),
                    "budget must be above 0 and at most 10^9, not " + budget);
            require(exponent >= 0 && exponent <= 8, "exponent must be 0 to 8, not " + exponent);
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
