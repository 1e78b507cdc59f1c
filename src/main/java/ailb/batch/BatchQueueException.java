package ailb.batch;

/** The queue does not answer. The message names the cause, with no secret in it. */
public final class BatchQueueException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public BatchQueueException(String message, Throwable cause) {
        super(message, cause);
    }
}
