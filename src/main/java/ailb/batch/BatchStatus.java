package ailb.batch;

import java.util.Locale;

/** The status of a batch, in the words of OpenAI's API. */
public enum BatchStatus {
    /** Stored. None of its lines is on the queue yet. */
    VALIDATING,
    /** Some or all of its lines are on the queue. */
    IN_PROGRESS,
    /** Being cancelled: lines that have not been called will not be. */
    CANCELLING,
    /** Every line has an outcome. */
    COMPLETED,
    /** Every line has an outcome. Some were cancelled before they were called. */
    CANCELLED;

    public boolean isOver() {
        return this == COMPLETED || this == CANCELLED;
    }

    /** Whether lines that have not been called will not be. */
    public boolean isCancelled() {
        return this == CANCELLING || this == CANCELLED;
    }

    /** As in JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
