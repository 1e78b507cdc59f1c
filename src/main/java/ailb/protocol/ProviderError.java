package ailb.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the body of a provider's refusal says, whichever of the usual shapes it has; "" for what it does not say. The
 * message may hold part of a key, so it never prints.
 *
 * @param isKnown whether the body was an error object at all, and not a page of HTML or nothing
 * @param type such as {@code invalid_request_error}; Google's {@code status}
 * @param code such as {@code model_not_found}
 * @param param the field at fault, or null
 * @param reason Google's, from the error's details; {@link #MODERATION} where what a moderation of the prompt found is told,
 *     as OpenRouter does
 */
record ProviderError(
        boolean isKnown, String type, String code, String message, @Nullable String param, String reason) {

    static final String MODERATION = "moderation";

    private static final Pattern STATUS = Pattern.compile("[45][0-9]{2}");

    private static final ProviderError UNKNOWN = new ProviderError(false, "", "", "", null, "");

    /** Reads OpenAI's and Anthropic's shape, Gemini's array of such, and errors that are bare text or not wrapped. */
    static ProviderError of(Optional<JsonNode> body) {
        return body.map(root -> root.isArray() ? root.path(0) : root)
                .filter(JsonNode::isObject)
                .map(root -> root.has("error") ? root.path("error") : root)
                .map(ProviderError::ofError)
                .orElse(UNKNOWN);
    }

    private static ProviderError ofError(JsonNode error) {
        if (error.isTextual()) {
            return new ProviderError(true, "", "", error.textValue(), null, "");
        }
        String type = text(error, "type");
        String message = text(error, "message");
        return new ProviderError(
                !message.isEmpty() || !type.isEmpty(),
                type.isEmpty() ? text(error, "status") : type,
                text(error, "code"),
                message,
                error.path("param").textValue(),
                reason(error));
    }

    /** True where the type, the code or the reason is {@code sign}. */
    boolean says(String sign) {
        return type.equals(sign) || code.equals(sign) || reason.equals(sign);
    }

    /** The status that the code is, as OpenRouter has it in what it answers with a status of 200. */
    OptionalInt status() {
        return STATUS.matcher(code).matches() ? OptionalInt.of(Integer.parseInt(code)) : OptionalInt.empty();
    }

    /** The same words in the caller's protocol. */
    ApiError toApiError(int status) {
        return new ApiError(
                status,
                message.isEmpty() ? "The provider refused the request with status " + status + "." : message,
                type.isEmpty() ? ApiError.INVALID_REQUEST : type,
                param,
                FailureClassifier.isTooLong(this) ? ApiError.TOO_LONG : code.isEmpty() ? null : code);
    }

    private static String reason(JsonNode error) {
        JsonNode found = error.path("metadata");
        if (found.has("reasons") || found.has("flagged_input")) {
            return MODERATION;
        }
        for (JsonNode detail : error.path("details")) {
            if (detail.path("reason").isTextual()) {
                return detail.path("reason").textValue();
            }
        }
        return "";
    }

    /** Codes are numbers at some providers. */
    private static String text(JsonNode error, String field) {
        JsonNode value = error.path(field);
        return value.isTextual() || value.isNumber() ? value.asText() : "";
    }

    @Override
    public String toString() {
        return "ProviderError[" + type + "]";
    }
}
