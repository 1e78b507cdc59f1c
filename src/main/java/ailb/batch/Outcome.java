package ailb.batch;

/** How a line ended. Stored by name. */
public enum Outcome {
    COMPLETED, FAILED, CANCELLED
}
