package ailb.runtime;

import org.jspecify.annotations.Nullable;

/** The runtime cannot continue: the process ends with a non-zero exit code, and Lambda starts another. */
final class RuntimeEndException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String message;

    RuntimeEndException(String message) {
        this(message, null);
    }

    RuntimeEndException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.message = message;
    }

    static RuntimeEndException of(@Nullable Throwable cause) {
        return cause instanceof RuntimeEndException end
                ? end
                : new RuntimeEndException("The runtime failed: " + cause, cause);
    }

    @Override
    public String getMessage() {
        return message;
    }
}
