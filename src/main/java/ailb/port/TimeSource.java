package ailb.port;

/** PORT: the clocks, and waiting. */
public interface TimeSource {

    /** Wall time in nanoseconds since the epoch: for what instances share. */
    long now();

    /** Monotonic time in nanoseconds from an origin of its own: for deadlines and durations. */
    long monotonic();

    /** Waits this many nanoseconds; at once when not above 0. */
    void sleep(long nanos) throws InterruptedException;
}
