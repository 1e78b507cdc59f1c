package ailb.gateway;

/**
 * How fast one answer goes out: its first bytes at full speed, the others at a rate. AWS documents 10 MB and 2 MB/s;
 * that these are powers of two is assumed. Not safe for threads.
 */
final class TransferRate {

    private static final long SECOND = 1_000_000_000;

    private final long bytesPerSecond;
    private long fullSpeed;
    private long free = Long.MIN_VALUE;

    /**
     * @param fullSpeed bytes that go out at once
     * @param bytesPerSecond for those after them
     */
    TransferRate(long fullSpeed, long bytesPerSecond) {
        this.fullSpeed = fullSpeed;
        this.bytesPerSecond = bytesPerSecond;
    }

    /** As documented. */
    static TransferRate ofGateway() {
        return new TransferRate(10L << 20, 2L << 20);
    }

    /** How many bytes still go out at full speed. */
    long atFullSpeed() {
        return fullSpeed;
    }

    /**
     * Takes bytes that are ready now.
     *
     * @param now in nanoseconds
     * @return when the last of them is through, in nanoseconds
     */
    long take(long bytes, long now) {
        long fast = Math.min(bytes, fullSpeed);
        fullSpeed -= fast;
        long slow = bytes - fast;
        if (slow == 0) {
            return now;
        }
        free = Math.max(free, now) + Math.ceilDiv(slow * SECOND, bytesPerSecond);
        return free;
    }
}
