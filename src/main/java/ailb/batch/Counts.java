package ailb.batch;

/**
 * Lines that have an outcome.
 *
 * @param completed answered
 * @param failed refused, or given up
 * @param cancelled not begun before their batch was cancelled
 */
public record Counts(long completed, long failed, long cancelled) {

    public static final Counts NONE = new Counts(0, 0, 0);

    public long sum() {
        return completed + failed + cancelled;
    }

    public Counts plus(Counts more) {
        return new Counts(completed + more.completed, failed + more.failed, cancelled + more.cancelled);
    }

    public static Counts of(Outcome outcome) {
        return switch (outcome) {
            case COMPLETED -> new Counts(1, 0, 0);
            case FAILED -> new Counts(0, 1, 0);
            case CANCELLED -> new Counts(0, 0, 1);
        };
    }
}
