package ailb.protocol.error;

import ailb.protocol.json.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Errors in Anthropic's format: a type that follows from the status, and a message. */
public final class AnthropicErrors {

    private static final int OVERLOADED = 529;

    /** Anthropic's clients recognise a prompt that is too large for the model by this text: there is no code. */
    private static final String TOO_LONG = "prompt is too long";

    private AnthropicErrors() {}

    /** Anthropic has its own status, 529, for a temporary overload. */
    static int status(ApiError error) {
        return ApiError.NO_HEALTHY_ENDPOINT.equals(error.code()) ? OVERLOADED : error.status();
    }

    public static ObjectNode body(ApiError error) {
        ObjectNode body = Json.object().put("type", "error");
        body.putObject("error").put("type", type(status(error))).put("message", message(error));
        return body;
    }

    private static String message(ApiError error) {
        boolean isForeign = ApiError.TOO_LONG.equals(error.code()) && !isAnthropics(error.message());
        return isForeign ? TOO_LONG + ": " + error.message() : withParam(error);
    }

    private static boolean isAnthropics(String message) {
        return message.startsWith(TOO_LONG) || message.startsWith("input length and `max_tokens`");
    }

    /** The format has no {@code param}, so the message names the field, as Anthropic's own messages do. */
    private static String withParam(ApiError error) {
        String param = error.param();
        return param == null || error.message().contains(param) ? error.message() : param + ": " + error.message();
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 504 -> "timeout_error";
            case OVERLOADED -> "overloaded_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    }
}
