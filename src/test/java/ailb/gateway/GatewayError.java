package ailb.gateway;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What the gateway answers by itself. Status and text are documented or were observed; of the error types the first two
 * are, the others are assumed.
 */
enum GatewayError {
    NO_SUCH_STAGE(403, "Forbidden", "ForbiddenException"),
    NO_SUCH_RESOURCE(403, "Missing Authentication Token", "MissingAuthenticationTokenException"),
    MALFORMED(400, "Bad Request", "BadRequestException"),
    /** Over 10 MB, refused before the stage is looked at; the one that is not JSON. */
    BODY_TOO_LARGE(413, "HTTP content length exceeded 10485760 bytes.", ""),
    /** What Lambda refuses. */
    EVENT_TOO_LARGE(413, "Request Too Long", "RequestTooLargeException"),
    /** No separator where there must be one. */
    NO_PRELUDE(500, "Internal server error", "InternalServerErrorException"),
    /** The function failed, or said what it must not. */
    BAD_ANSWER(502, "Internal server error", "InternalServerErrorException"),
    TIMED_OUT(504, "Endpoint request timed out", "InternalServerErrorException");

    private final int status;
    private final String message;
    private final String type;

    GatewayError(int status, String message, String type) {
        this.status = status;
        this.message = message;
        this.type = type;
    }

    int status() {
        return status;
    }

    byte[] body() {
        String text = type.isEmpty() ? message : "{\"message\":\"" + message + "\"}";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    List<Header> headers() {
        return type.isEmpty()
                ? List.of(new Header("Content-Type", "text/plain"))
                : List.of(new Header("Content-Type", "application/json"), new Header("x-amzn-ErrorType", type));
    }
}
