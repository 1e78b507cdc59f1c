package ailb.local;

/** A setting the server cannot start with. The message is for the user: what is wrong, and what to do. */
final class BadSettingException extends Exception {

    private static final long serialVersionUID = 1;

    BadSettingException(String message) {
        super(message);
    }
}
