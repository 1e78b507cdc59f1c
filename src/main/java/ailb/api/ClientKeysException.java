package ailb.api;

/** The clients' keys cannot be read. The message holds no secret. */
public final class ClientKeysException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ClientKeysException(String message, Throwable cause) {
        super(message, cause);
    }
}
