package ailb.batch;

/** The store of batches does not answer. The message names the cause, with no secret in it. */
public final class BatchStoreException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public BatchStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
