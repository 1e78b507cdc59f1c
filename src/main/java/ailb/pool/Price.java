package ailb.pool;

/** What an endpoint's tokens cost, in US dollars a million; neither may be negative. */
public record Price(double inputPerMillion, double outputPerMillion) {

    public Price {
        if (!(inputPerMillion >= 0) || !(outputPerMillion >= 0)) {
            throw new IllegalArgumentException("a price must not be negative");
        }
    }

    /** Cost of one call in nano-dollars (10^-9 US dollars). */
    public long nanoDollars(long inputTokens, long outputTokens) {
        return Math.round((inputTokens * inputPerMillion + outputTokens * outputPerMillion) * 1000);
    }
}
