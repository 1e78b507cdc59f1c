package ailb.pool;

/**
 * The price of an endpoint's tokens, in US dollars for a million tokens; none may be negative.
 *
 * @param inputPerMillion input that was not read from the cache
 * @param outputPerMillion output without reasoning
 * @param cachedInputPerMillion input read from the provider's cache
 * @param reasoningPerMillion reasoning output
 */
public record Price(
        double inputPerMillion, double outputPerMillion, double cachedInputPerMillion, double reasoningPerMillion) {

    /** Nano-dollars for one token at a price of one dollar for a million tokens. */
    private static final double NANO_DOLLARS = 1000;

    public Price {
        if (!(inputPerMillion >= 0)
                || !(outputPerMillion >= 0)
                || !(cachedInputPerMillion >= 0)
                || !(reasoningPerMillion >= 0)) {
            throw new IllegalArgumentException("a price must not be negative");
        }
    }

    /** The same price for all input and the same price for all output. */
    public Price(double inputPerMillion, double outputPerMillion) {
        this(inputPerMillion, outputPerMillion, inputPerMillion, outputPerMillion);
    }

    /** Cost of one call in nano-dollars (10^-9 US dollars), without cached input and reasoning. */
    public long nanoDollars(long inputTokens, long outputTokens) {
        return nanoDollars(inputTokens, 0, outputTokens, 0);
    }

    /**
     * Cost of one call in nano-dollars (10^-9 US dollars).
     *
     * @param cachedInputTokens input tokens that were read from the cache; limited to {@code inputTokens}
     * @param reasoningTokens output tokens that were reasoning; limited to {@code outputTokens}
     */
    public long nanoDollars(long inputTokens, long cachedInputTokens, long outputTokens, long reasoningTokens) {
        long cached = Math.min(cachedInputTokens, inputTokens);
        long reasoning = Math.min(reasoningTokens, outputTokens);
        double input = (inputTokens - cached) * inputPerMillion + cached * cachedInputPerMillion;
        double output = (outputTokens - reasoning) * outputPerMillion + reasoning * reasoningPerMillion;
        return Math.round((input + output) * NANO_DOLLARS);
    }
}
