package ailb.pool;

import java.time.Duration;
import java.util.OptionalDouble;

/** The settings of the whole pool. */
public record Settings(Retries retries, Health health, Routing routing, Batches batches) {

    public static final Settings DEFAULT = new Settings(
            new Retries(3, Duration.ofMinutes(10)),
            new Health(
                    3,
                    10,
                    20,
                    0.2,
                    0.5,
                    Duration.ofSeconds(60),
                    Backoff.FIXED,
                    Duration.ofSeconds(120),
                    Duration.ofMinutes(5)),
            new Routing(
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(5),
                    true,
                    0.01,
                    new Cost(OptionalDouble.empty(), BudgetPolicy.REFUSE, 0)),
            new Batches(0.8, Duration.ofMillis(250), 10, 10));

    /**
     * How often a request is attempted, and for how long.
     *
     * @param maxAttempts maximum number of calls to endpoints for one request, 1 to 10
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
     * @param consecutiveErrors number of consecutive endpoint faults that opens the breaker if the endpoint had fewer
     *     than minimumCalls calls or an error rate of at least suspectErrorRate; 1 to 100
     * @param hardConsecutiveErrors number of consecutive endpoint faults that always opens the breaker, at least
     *     consecutiveErrors. Faults also add up across answers, but then one fault in four calls counts as chance (ADR
     *     8; see {@code ailb.health})
     * @param minimumCalls number of calls in the last 30 s from which error rates count, at least 1
     * @param suspectErrorRate error rate from which consecutiveErrors is enough, 0 to 1. If above 0.25, it is also the
     *     share of faults that counts as chance, up to one in two
     * @param errorRate error rate that alone opens the breaker, 0 to 1
     * @param openFor how long the breaker stays open, above 0; the first time, if the backoff grows
     * @param openCap longest time the breaker stays open if the backoff grows, at least openFor
     * @param openForPerson how long the breaker first stays open for a failure that needs a person (key, quota, model),
     *     above 0; doubles each time, up to an hour
     */
    public record Health(
            int consecutiveErrors,
            int hardConsecutiveErrors,
            int minimumCalls,
            double suspectErrorRate,
            double errorRate,
            Duration openFor,
            Backoff backoff,
            Duration openCap,
            Duration openForPerson) {

        /** The longest time that a breaker stays open. */
        public static final Duration LONGEST_OPEN = Duration.ofHours(1);

        public Health {
            require(
                    consecutiveErrors >= 1 && consecutiveErrors <= 100,
                    "consecutiveErrors must be 1 to 100, not " + consecutiveErrors);
            require(
                    hardConsecutiveErrors >= consecutiveErrors,
                    "hardConsecutiveErrors must not be below consecutiveErrors, and is " + hardConsecutiveErrors);
            require(minimumCalls >= 1, "minimumCalls must be at least 1, not " + minimumCalls);
            require(isShare(suspectErrorRate), "suspectErrorRate must be 0 to 1, not " + suspectErrorRate);
            require(isShare(errorRate), "errorRate must be 0 to 1, not " + errorRate);
            require(openFor.isPositive(), "openFor must be above 0, not " + openFor);
            require(openCap.compareTo(openFor) >= 0, "openCap must not be below openFor, and is " + openCap);
            require(openForPerson.isPositive(), "openForPerson must be above 0, not " + openForPerson);
        }

        private static boolean isShare(double value) {
            return value >= 0 && value <= 1;
        }
    }

    /** How the time that a breaker stays open changes when the endpoint fails again. */
    public enum Backoff {
        /** The same each time. */
        FIXED,
        /** Doubles up to the cap, with jitter, so that endpoints do not all come back at once. */
        EXPONENTIAL
    }

    /**
     * How an endpoint is chosen.
     *
     * @param maxWait longest wait of a request for a slot when every endpoint is full; 0: no wait
     * @param retryAfterCap maximum for a provider's Retry-After, above 0
     * @param latency true to prefer faster endpoints
     * @param localShare share of each limit that an instance uses while the state store is down, if its part in the
     *     traffic is not known (ADR 7); above 0 and at most 1
     */
    public record Routing(
            Duration maxWait, Duration retryAfterCap, boolean latency, double localShare, Cost cost) {

        public Routing {
            require(!maxWait.isNegative(), "maxWait must be 0 or more, not " + maxWait);
            require(retryAfterCap.isPositive(), "retryAfterCap must be above 0, not " + retryAfterCap);
            require(localShare > 0 && localShare <= 1, "localShare must be in (0, 1], not " + localShare);
        }
    }

    /**
     * The budget, and how strongly prices affect the choice of an endpoint.
     *
     * @param budget US dollars for each UTC day and the whole pool, above 0 and at most 10^9; empty for no budget
     * @param exponent how strongly cheaper endpoints are preferred while at least half of the budget is left, 0 (not)
     *     to 8
     */
    public record Cost(OptionalDouble budget, BudgetPolicy atBudget, double exponent) {

        public Cost {
            require(
                    budget.isEmpty() || (budget.getAsDouble() > 0 && budget.getAsDouble() <= 1e9),
                    "budget must be above 0 and at most 10^9, not " + budget);
            require(exponent >= 0 && exponent <= 8, "exponent must be 0 to 8, not " + exponent);
        }
    }

    /**
     * How batches use the pool. Their calls have a lower priority than interactive ones.
     *
     * @param burstShare share of each limit's burst that batches may take, above 0 and at most 1
     * @param ahead how far ahead batches may reserve, 0 to 5 s
     * @param lease maximum number of calls that one write admits, 1 to 100
     * @param maxAttempts number of failed calls after which a line is given up, 1 to 100
     */
    public record Batches(double burstShare, Duration ahead, int lease, int maxAttempts) {

        public Batches {
            require(burstShare > 0 && burstShare <= 1, "burstShare must be in (0, 1], not " + burstShare);
            require(
                    !ahead.isNegative() && ahead.compareTo(Duration.ofSeconds(5)) <= 0,
                    "ahead must be 0 to 5 s, not " + ahead);
            require(lease >= 1 && lease <= 100, "lease must be 1 to 100, not " + lease);
            require(maxAttempts >= 1 && maxAttempts <= 100, "maxAttempts must be 1 to 100, not " + maxAttempts);
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
