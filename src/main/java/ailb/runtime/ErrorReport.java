package ailb.runtime;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An error in the format of Lambda's own runtime.
 *
 * @param category the header's value, such as {@code Runtime.UserException}
 * @param type the exception's class
 * @param stack one line for each frame
 */
record ErrorReport(String category, String type, String message, List<String> stack) {

    /** In frames: the report of an endless recursion stays short and fits into a trailer. */
    private static final int DEEPEST = 100;

    /** In characters. */
    private static final int LONGEST = 8_192;

    ErrorReport {
        stack = List.copyOf(stack);
    }

    /** A handler's failure. */
    static ErrorReport of(Throwable failure) {
        return of("Runtime.UserException", failure);
    }

    /** A handler that could not be created. */
    static ErrorReport ofInit(Throwable failure) {
        return of("Runtime.BadFunctionCode", failure);
    }

    static ErrorReport ofBeforeCheckpoint(Throwable failure) {
        return of("Runtime.BeforeCheckpointError", failure);
    }

    static ErrorReport ofAfterRestore(Throwable failure) {
        return of("Runtime.AfterRestoreError", failure);
    }

    /** A handler that returned without writing anything: without an error the caller would wait for ever. */
    static ErrorReport ofEmptyResponse() {
        return new ErrorReport(
                "Runtime.EmptyResponse", "Runtime.EmptyResponse",
                "The handler returned without writing a response.", List.of());
    }

    private static ErrorReport of(String category, Throwable failure) {
        String message = failure.getMessage() == null ? failure.getClass().getName() : failure.getMessage();
        return new ErrorReport(
                category,
                failure.getClass().getName(),
                message.length() > LONGEST ? message.substring(0, LONGEST) : message,
                Arrays.stream(failure.getStackTrace()).limit(DEEPEST).map(StackTraceElement::toString).toList());
    }

    String json() {
        return "{\"errorMessage\":" + Json.quote(message) + ",\"errorType\":" + Json.quote(type) + ",\"stackTrace\":"
                + stack.stream().map(Json::quote).collect(Collectors.joining(",", "[", "]")) + "}";
    }

    byte[] bytes() {
        return json().getBytes(StandardCharsets.US_ASCII);
    }

    /** The trailer lines after the last chunk of a response that failed. */
    String trailers() {
        return RuntimeApi.ERROR_TYPE + ": " + type.replaceAll("[^\\x21-\\x7e]", "?") + "\r\n" + RuntimeApi.ERROR_BODY
                + ": " + Base64.getEncoder().encodeToString(bytes()) + "\r\n";
    }
}
