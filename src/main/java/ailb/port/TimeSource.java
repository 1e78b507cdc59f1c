package ailb.port;

/** PORT: the clocks, and waiting. */
public interface TimeSource {

    /** Wall clock, nanoseconds since the epoch. For what instances share. */
    long now();

    /**
     * How long ago a moment of {@link #now} was, nanoseconds. A moment in the future counts as past: the clock was set
     * back, and that must not keep old things young. The wall clock, unlike the monotonic one, goes on while an
     * instance is frozen.
     */
    default long age(long moment) {
        return Math.abs(now() - moment);
    }

    /** Monotonic clock, nanoseconds from an arbitrary origin. For deadlines and durations. */
    long monotonic();

    /** Waits this many nanoseconds; at once when not above 0. */
    void sleep(long nanos) throws InterruptedException;
}
