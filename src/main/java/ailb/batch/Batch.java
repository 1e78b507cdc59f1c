package ailb.batch;

import java.util.Optional;

/**
 * A batch as it is stored. Points in time are nanoseconds since the epoch, 0 for not yet.
 *
 * @param id sorts by age; letters, digits, {@code _} and {@code -}, at most 80
 * @param owner the name of the client that submitted it (ADR 26). Empty if only the admin sees it: the admin submitted
 *     it, nobody did, or it is older than owners
 * @param total its lines
 * @param inputLength bytes of its input, which is one line after another, each ended by a line feed
 * @param counts of outcomes: exact once the batch is over, and close before
 * @param cursor how much of it is on the queue
 * @param created when it was submitted
 * @param begun when its first line was put on the queue
 * @param changed when the counts last changed
 * @param cancelling when its cancellation was asked for
 * @param ended when its last line got its outcome
 * @param expires when the batch and its results are deleted
 */
public record Batch(
        String id,
        Optional<String> owner,
        BatchStatus status,
        int total,
        long inputLength,
        Counts counts,
        Cursor cursor,
        long created,
        long begun,
        long changed,
        long cancelling,
        long ended,
        long expires) {

    /** A batch that has just been submitted. */
    public static Batch submitted(
            String id, Optional<String> owner, int total, long inputLength, long now, long expires) {
        return new Batch(
                id, owner, BatchStatus.VALIDATING, total, inputLength, Counts.NONE, Cursor.START, now, 0, 0, 0, 0,
                expires);
    }

    /** A batch of a single line that somebody has put on the queue already. */
    public static Batch direct(String id, long now, long expires) {
        return new Batch(
                id, Optional.empty(), BatchStatus.IN_PROGRESS, 1, 0, Counts.NONE, new Cursor(1, 0), now, now, 0, 0, 0,
                expires);
    }
}
