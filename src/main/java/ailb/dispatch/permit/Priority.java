package ailb.dispatch.permit;

/** Whose calls go first. */
public enum Priority {
    /** Somebody waits for the answer. */
    INTERACTIVE,
    /** One of a batch: takes what the others leave, and makes way for them. */
    BATCH
}
