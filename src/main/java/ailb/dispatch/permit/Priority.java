package ailb.dispatch.permit;

/** Whose calls go first. */
public enum Priority {
    /** A caller waits for the answer. */
    INTERACTIVE,
    /** A call of a batch: it takes what interactive calls leave. */
    BATCH
}
