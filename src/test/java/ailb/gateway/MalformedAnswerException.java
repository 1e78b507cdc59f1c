package ailb.gateway;

/** An answer of the function that the gateway does not hand on; the message says what is wrong with it. */
final class MalformedAnswerException extends Exception {

    private static final long serialVersionUID = 1;

    private final GatewayError error;

    MalformedAnswerException(GatewayError error, String why) {
        super(why);
        this.error = error;
    }

    GatewayError error() {
        return error;
    }
}
