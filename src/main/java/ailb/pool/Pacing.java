package ailb.pool;

/**
 * How tightly calls are spaced under a per-minute limit, because providers enforce the same figure differently. The
 * burst is the share of the limit that may go at once, the margin the share of the limit that is used.
 */
public enum Pacing {
    /** A provider that documents a token bucket: the whole limit may go at once. */
    BUCKET(1.0, 1.0, 1.0, 1.0),
    /** Unknown or per-minute enforcement: one second's worth of requests at once, safe in every window. */
    SMOOTH(1.0 / 60, 0.97, 0.2, 0.8),
    /** A provider seen to enforce by the second: one request at a time, evenly spaced. */
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

    /** Requests that may go at once under a limit of {@code limit} a minute; at least 1. */
    public double requestBurst(long limit) {
        return Math.max(1, requestBurst * limit);
    }

    /** Share of a requests limit that is used, above 0 and at most 1. */
    public double requestMargin() {
        return requestMargin;
    }

    /** Tokens that may go at once under a limit of {@code limit} a minute. */
    public double tokenBurst(long limit) {
        return tokenBurst * limit;
    }

    /** Share of a tokens limit that is used, above 0 and at most 1. */
    public double tokenMargin() {
        return tokenMargin;
    }
}
