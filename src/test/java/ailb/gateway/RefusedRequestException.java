package ailb.gateway;

/** A request that never becomes an event. */
final class RefusedRequestException extends Exception {

    private static final long serialVersionUID = 1;

    private final GatewayError error;

    RefusedRequestException(GatewayError error) {
        super(error.name());
        this.error = error;
    }

    GatewayError error() {
        return error;
    }
}
