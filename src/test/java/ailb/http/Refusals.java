package ailb.http;

import ailb.api.ApiResponse;
import ailb.pool.Provider;
import ailb.protocol.error.ApiError;
import ailb.protocol.wire.RequestKind;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What Jetty refuses by itself, as errors of the API. */
record Refusals() implements Request.Handler {

    static final int MOST_HEADERS = 200;
    /** Bytes. API Gateway takes 10 KB. */
    static final int LONGEST_HEAD = 64 << 10;

    /** What Jetty says where it knows no more. */
    private static final String BAD_REQUEST = HttpStatus.getMessage(HttpStatus.BAD_REQUEST_400);

    private static final Pattern REASON = Pattern.compile("[ -~]{1,100}");

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        ApiResponse answer = response(error(response.getStatus(), request), request);
        response.setStatus(answer.status());
        answer.headers().forEach(response.getHeaders()::put);
        // Where the next request would begin cannot be known.
        response.getHeaders().put(HttpFields.CONNECTION_CLOSE);
        response.write(true, ByteBuffer.wrap(answer.body()), callback);
        return true;
    }

    /** In the words of Jetty, which repeats nothing of the request at any length. */
    private static String reason(Request request) {
        String reason = String.valueOf(request.getAttribute(ErrorHandler.ERROR_MESSAGE));
        boolean isOne = REASON.matcher(reason).matches() && !reason.equals(BAD_REQUEST);
        return isOne ? reason : "its path or a header is malformed";
    }

    private static ApiError error(int status, Request request) {
        return switch (status) {
            case HttpStatus.URI_TOO_LONG_414, HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431 -> headersTooLarge();
            case HttpStatus.SERVICE_UNAVAILABLE_503 -> ApiError.unavailable(
                    "The server is shutting down. Send the request again when it is up.", "shutting_down");
            case HttpStatus.INTERNAL_SERVER_ERROR_500 -> hasStoppedComing(request)
                    ? refused(
                            HttpStatus.REQUEST_TIMEOUT_408, "The rest of the request did not come in time.",
                            "request_timeout")
                    : ApiError.internal("The request could not be served.");
            default -> refused(
                    status, "The request is not HTTP/1.1 as this server reads it: " + reason(request) + ".",
                    "malformed_request");
        };
    }

    private static boolean hasStoppedComing(Request request) {
        return request.getAttribute(ErrorHandler.ERROR_EXCEPTION) instanceof Throwable failure
                && (failure instanceof TimeoutException || failure.getCause() instanceof TimeoutException);
    }

    static ApiError refused(int status, String message, String code) {
        return new ApiError(status, message, "invalid_request_error", null, code);
    }

    static ApiError headersTooLarge() {
        return ApiError.headersTooLarge(MOST_HEADERS, LONGEST_HEAD);
    }

    /** In the protocol that the request's path belongs to. */
    static ApiResponse response(ApiError error, Request request) {
        boolean isAnthropics = path(request).startsWith(RequestKind.MESSAGES.path());
        Provider protocol = isAnthropics ? Provider.ANTHROPIC : Provider.OPENAI;
        return new ApiResponse(
                error.status(protocol), Map.of("content-type", "application/json"), error.toJson(protocol));
    }

    /** As sent. */
    static String path(Request request) {
        String path = request.getHttpURI().getPath();
        return path == null ? "" : path;
    }
}
