package ailb.pool;

/**
 * How calls are spaced under a per-minute limit: providers enforce the same limit differently. The burst is the share
 * of the limit that may start at once. The margin is the share of the limit that is used.
 */
public enum Pacing {
    /** For a provider that documents a token bucket: the whole limit may start at once. */
    BUCKET(1.0, 1.0, 1.0, 1.0),
    /**
     * For unknown or per-minute enforcement: one second's share of the requests may start at once, which is safe in
     * every window.
     */
    SMOOTH(1.0 / 60, 0.97, 0.2, 0.8),
    /** For a provider that enforces limits by the second: one request at a time, evenly spaced. */
    EVEN(0.0, 0.95, 0.2, 0.8);

    private final double requestBurst;
    private final double requestMargin;
    private final double tokenBurst;
    private final double tokenMargin;

    Pacing(double requestBurst, double requestMargin, double tokenBurst, double tokenMargin) {
        this.requestBurst = requestBurst;
        this.requestMargin = requestMargin;
        this.tokenBurst = tokenBurst;
        this.tokenMargin = tokenMargin;
    }

    /** Requests that may start at once under a limit of {@code limit} a minute; at least 1. */
    public double requestBurst(long limit) {
        return Math.max(1, requestBurst * limit);
    }

    /** The share of a request limit that is used, above 0 and at most 1. */
    public double requestMargin() {
        return requestMargin;
    }

    /** Tokens that may start at once under a limit of {@code limit} a minute. */
    public double tokenBurst(long limit) {
        return tokenBurst * limit;
    }

    /** The share of a token limit that is used, above 0 and at most 1. */
    public double tokenMargin() {
        return tokenMargin;
    }
}
