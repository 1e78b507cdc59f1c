package ailb.batch;

import java.util.Locale;

/** Where a batch is on its way; the words are those of OpenAI's API. */
public enum BatchStatus {
    /** Stored, and not yet begun to be put on the queue. */
    VALIDATING,
    /** Its lines are on the queue, or being put there. */
    IN_PROGRESS,
    /** To be cancelled: lines nobody has begun will not be. */
    CANCELLING,
    /** Every line has an outcome. */
    COMPLETED,
    /** Every line has an outcome, and those not begun in time the one that they were cancelled. */
    CANCELLED;

    public boolean isOver() {
        return this == COMPLETED || this == CANCELLED;
    }

    /** Whether lines that are not begun will not be. */
    public boolean isCancelled() {
        return this == CANCELLING || this == CANCELLED;
    }

    /** As in JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
