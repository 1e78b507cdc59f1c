package ailb.state;

/** The store could not be read. */
public final class StateStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean throttled;

    public StateStoreException(String message, Throwable cause) {
        this(message, cause, false);
    }

    /** @param throttled whether the store refused the read because of too many reads */
    public StateStoreException(String message, Throwable cause, boolean throttled) {
        super(message, cause);
        this.throttled = throttled;
    }

    public boolean isThrottled() {
        return throttled;
    }
}
