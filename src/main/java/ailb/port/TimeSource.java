package ailb.port;

/** PORT: the clocks, and waiting. */
public interface TimeSource {

    /** Wall time in nanoseconds since the epoch: for what instances share. */
    long now();

    /**
     * Nanoseconds between now and a moment of {@link #now}, either way. Wall time goes on while an instance is frozen; and
     * a clock that is set back must not keep old things young.
     */
    default long age(long moment) {
        return Math.abs(now() - moment);
    }

    /** Monotonic time in nanoseconds from an origin of its own: for deadlines and durations. */
    long monotonic();

    /** Waits this many nanoseconds; at once when not above 0. */
    void sleep(long nanos) throws InterruptedException;
}
