package ailb.protocol.error;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a provider's error body, whatever its shape; "" for a missing field. The message may contain part of
 * a key, so {@code toString} leaves it out.
 *
 * @param isKnown whether the body was an error object; false for HTML, plain text or nothing
 * @param type such as {@code invalid_request_error}; Google's {@code status}
 * @param code such as {@code model_not_found}
 * @param param the field at fault, or null
 * @param reason Google's reason from the error's details; {@link #MODERATION} where the error has a moderation result,
 *     as OpenRouter's does
 */
public record ProviderError(
        boolean isKnown, String type, String code, String message, @Nullable String param, String reason) {

    static final String MODERATION = "moderation";

    private static final Pattern STATUS = Pattern.compile("[45][0-9]{2}");

    private static final ProviderError UNKNOWN = new ProviderError(false, "", "", "", null, "");

    /** The maximum length of a plain text or a {@code detail}, in characters. */
    private static final int MOST_TEXT = 300;

    /**
     * Reads OpenAI's and Anthropic's format, Gemini's array of these, an {@code error} that is a string, an error
     * object without a wrapper, FastAPI's {@code detail}, and plain text.
     *
     * @param root the body's tree, if it is JSON
     */
    public static ProviderError of(Optional<JsonNode> root, byte[] body) {
        return root.map(any -> any.isArray() ? any.path(0) : any)
                .filter(JsonNode::isObject)
                .map(any -> any.has("error") ? any.path("error") : any)
                .map(ProviderError::ofError)
                .orElseGet(() -> root.isPresent() ? UNKNOWN : ofText(body));
    }

    /** HTML is ignored. */
    private static ProviderError ofText(byte[] body) {
        int most = Math.min(body.length, 4 * MOST_TEXT); // bytes; a character has at most four
        String text = new String(body, 0, most, StandardCharsets.UTF_8).strip();
        return text.startsWith("<") ? UNKNOWN : new ProviderError(false, "", "", shortened(text), null, "");
    }

    private static String shortened(String text) {
        return text.codePoints()
                .limit(MOST_TEXT)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** A text, or the first entry of FastAPI's list of faults with its path. */
    private static String detail(JsonNode detail) {
        JsonNode first = detail.path(0);
        if (!first.isObject()) {
            return shortened(detail.asText());
        }
        String path = first.path("loc").valueStream().map(JsonNode::asText).collect(Collectors.joining("."));
        return shortened(path.isEmpty() ? text(first, "msg") : path + ": " + text(first, "msg"));
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
                message.isEmpty() ? detail(error.path("detail")) : message,
                error.path("param").textValue(),
                reason(error));
    }

    /** Whether the type, the code or the reason is {@code sign}. */
    boolean says(String sign) {
        return type.equals(sign) || code.equals(sign) || reason.equals(sign);
    }

    /** The status that stands in the code: OpenRouter does this in errors with HTTP status 200. */
    OptionalInt status() {
        return STATUS.matcher(code).matches() ? OptionalInt.of(Integer.parseInt(code)) : OptionalInt.empty();
    }

    /** The error as an {@link ApiError}, for the caller's protocol. */
    public ApiError toApiError(int status) {
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

    /** Some providers use numbers as codes. */
    private static String text(JsonNode error, String field) {
        JsonNode value = error.path(field);
        return value.isTextual() || value.isNumber() ? value.asText() : "";
    }

    @Override
    public String toString() {
        return "ProviderError[" + type + "]";
    }
}
