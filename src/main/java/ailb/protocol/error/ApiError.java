package ailb.protocol.error;

import ailb.pool.Provider;
import ailb.protocol.json.FieldPath;
import ailb.protocol.json.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * An error for a client. Types and codes are those of OpenAI's API. Anthropic's API has only types, which follow from
 * the status (see {@link AnthropicErrors}).
 *
 * @param status HTTP status, 400 to 599
 * @param param the field of the request that is at fault, or null
 * @param code for machines, or null
 */
public record ApiError(int status, String message, String type, @Nullable String param, @Nullable String code) {

    /** The status if there was no answer in time. */
    public static final int TIMEOUT = 504;

    static final String INVALID_REQUEST = "invalid_request_error";
    static final String NO_HEALTHY_ENDPOINT = "no_healthy_endpoint";

    /** The code by which OpenAI's clients recognise a prompt that is too large for the model. */
    static final String TOO_LONG = "context_length_exceeded";

    private static final String SERVER_ERROR = "server_error";

    /** The maximum number of characters of the caller's text that a message repeats. */
    private static final int LONGEST_ECHO = 64;

    private static final int LONGEST_PATH = 136;

    /** 400: the request is well-formed JSON, but not what the API takes. */
    public static ApiError invalidRequest(String message, @Nullable String param) {
        return new ApiError(400, message, INVALID_REQUEST, param, null);
    }

    /**
     * 400: the body is not JSON.
     *
     * @param detail what is wrong and where, with nothing of the contents
     */
    public static ApiError invalidJson(String detail) {
        return new ApiError(400, "The request body is not valid JSON: " + detail + ".", INVALID_REQUEST, null, null);
    }

    /** 400: a field that is right in itself but cannot be served here. */
    public static ApiError unsupported(String field, String message) {
        return new ApiError(400, message, INVALID_REQUEST, field, "unsupported_parameter");
    }

    /** 401: no key, or a wrong one. The message must not repeat the key. */
    public static ApiError unauthorized(String message) {
        return new ApiError(401, message, INVALID_REQUEST, null, "invalid_api_key");
    }

    /** 404: no endpoint of the pool serves the model. */
    public static ApiError modelNotFound(String model) {
        return new ApiError(404,
                "The model '" + shortened(model) + "' is not served here; GET /v1/models lists those that are.",
                INVALID_REQUEST, "model",
                "model_not_found");
    }

    /** 404: no such path. The usual cause is a base URL with a missing or superfluous {@code /v1}. */
    public static ApiError notFound(String method, String path) {
        return new ApiError(404,
                "Invalid URL (" + shortened(method) + " " + shortenedPath(path)
                        + "). OpenAI clients need a base URL that ends in /v1, "
                        + "Anthropic clients one without /v1.",
                INVALID_REQUEST, null, "unknown_url");
    }

    /** 404: there is no such batch. */
    public static ApiError batchNotFound() {
        return new ApiError(404, "There is no batch of this id, or its results have expired.", INVALID_REQUEST, "id",
                "batch_not_found");
    }

    /** 405: the path exists, for another method. */
    public static ApiError methodNotAllowed(String method, String path) {
        return new ApiError(405,
                shortened(method) + " is not allowed on " + shortenedPath(path)
                        + "; the 'allow' header lists the allowed methods.",
                INVALID_REQUEST, null, "method_not_supported");
    }

    /** 413: the body is over {@code limitBytes} bytes. */
    public static ApiError tooLarge(long limitBytes) {
        return new ApiError(413, "The request body is larger than " + limitBytes + " bytes.", INVALID_REQUEST, null,
                "request_too_large");
    }

    /**
     * 413: the answer is larger than the front end (API Gateway or the local server) can return. It has been paid for,
     * and a retry would be paid for again.
     */
    public static ApiError answerTooLarge(long limitBytes) {
        return new ApiError(413,
                "The answer is larger than " + limitBytes
                        + " bytes, the most that can be returned here. Ask for less"
                        + " at once: a shorter answer, fewer inputs, or fewer dimensions.",
                INVALID_REQUEST, null, "answer_too_large");
    }

    /** 431: there are too many headers, or they are too long. */
    public static ApiError headersTooLarge(int most, int limitBytes) {
        return new ApiError(431,
                "The request has more than " + most + " headers, or more than " + limitBytes + " bytes of them.",
                INVALID_REQUEST, null, "headers_too_large");
    }

    /** 415: the body is compressed. */
    public static ApiError unsupportedEncoding(String encoding) {
        return new ApiError(415,
                "A request body in the encoding '" + shortened(encoding) + "' is not supported; send it uncompressed.",
                INVALID_REQUEST, null, "unsupported_encoding");
    }

    /** 429: the pool is full. Goes with a Retry-After header. */
    public static ApiError rateLimited(String message) {
        return new ApiError(429, message, "rate_limit_error", null, "rate_limit_exceeded");
    }

    /** 429: the pool has spent its budget for the day. Goes with a Retry-After header. */
    public static ApiError budgetExhausted(String message) {
        return new ApiError(429, message, "rate_limit_error", null, "budget_exhausted");
    }

    /** 500: a bug in the balancer. */
    public static ApiError internal(String message) {
        return new ApiError(500, message, SERVER_ERROR, null, "internal_error");
    }

    /** 502: all attempted endpoints failed. */
    public static ApiError badGateway(String message) {
        return new ApiError(502, message, SERVER_ERROR, null, "bad_gateway");
    }

    /** 503: nothing can serve this at present. */
    public static ApiError unavailable(String message, String code) {
        return new ApiError(503, message, SERVER_ERROR, null, code);
    }

    /** 503: no endpoint is healthy. Anthropic's clients get 529, an overload. */
    public static ApiError noHealthyEndpoint(String message) {
        return unavailable(message, NO_HEALTHY_ENDPOINT);
    }

    /** 504: no answer in time. */
    public static ApiError timeout(String message) {
        return new ApiError(TIMEOUT, message, SERVER_ERROR, null, "timeout");
    }

    /** A copy whose message has one more sentence. */
    public ApiError with(String advice) {
        return new ApiError(status, message + " " + advice, type, param, code);
    }

    /** Limits how much of the caller's text is repeated. */
    private static String shortened(String text) {
        return FieldPath.shortened(text, LONGEST_ECHO);
    }

    private static String shortenedPath(String path) {
        return FieldPath.shortened(path, LONGEST_PATH);
    }

    /** The HTTP status to answer a caller of this protocol with. */
    public int status(Provider protocol) {
        return switch (protocol) {
            case OPENAI -> status;
            case ANTHROPIC -> AnthropicErrors.status(this);
        };
    }

    /**
     * The body of the response, in UTF-8: {@code {"error":{"message","type","param","code"}}} for OpenAI's clients, and
     * {@code {"type":"error","error":{"type","message"}}} for Anthropic's.
     */
    public byte[] toJson(Provider protocol) {
        return switch (protocol) {
            case OPENAI -> {
                ObjectNode body = Json.object();
                body.putObject("error").put("message", message).put("type", type).put("param", param).put("code", code);
                yield Json.bytes(body);
            }
            case ANTHROPIC -> Json.bytes(AnthropicErrors.body(this));
        };
    }
}
