package ailb.pool;

/**
 * What an endpoint's tokens cost, in US dollars a million; none may be negative.
 *
 * @param inputPerMillion input that no cache gave
 * @param outputPerMillion output but for reasoning
 * @param cachedInputPerMillion input read from the provider's cache
 * @param reasoningPerMillion output that the model thought with and did not show
 */
public record Price(
        double inputPerMillion, double outputPerMillion, double cachedInputPerMillion, double reasoningPerMillion) {

    /** Nano-dollars a token in a dollar a million tokens. */
    private static final double NANO_DOLLARS = 1000;

    public Price {
        if (!(inputPerMillion >= 0)
                || !(outputPerMillion >= 0)
                || !(cachedInputPerMillion >= 0)
                || !(reasoningPerMillion >= 0)) {
            throw new IllegalArgumentException("a price must not be negative");
        }
    }

    /** A price that makes no difference between tokens of one side. */
    public Price(double inputPerMillion, double outputPerMillion) {
        this(inputPerMillion, outputPerMillion, inputPerMillion, outputPerMillion);
    }

    /** Cost in nano-dollars (10^-9 US dollars) of a call of which no more is known. */
    public long nanoDollars(long inputTokens, long outputTokens) {
        return nanoDollars(inputTokens, 0, outputTokens, 0);
    }

    /**
     * Cost of one call in nano-dollars (10^-9 US dollars).
     *
     * @param cachedInputTokens those of the input that came from the cache; a provider that says more is not believed
     * @param reasoningTokens those of the output that were reasoning, likewise
     */
    public long nanoDollars(long inputTokens, long cachedInputTokens, long outputTokens, long reasoningTokens) {
        long cached = Math.min(cachedInputTokens, inputTokens);
        long reasoning = Math.min(reasoningTokens, outputTokens);
        double input = (inputTokens - cached) * inputPerMillion + cached * cachedInputPerMillion;
        double output = (outputTokens - reasoning) * outputPerMillion + reasoning * reasoningPerMillion;
        return Math.round((input + output) * NANO_DOLLARS);
    }
}
