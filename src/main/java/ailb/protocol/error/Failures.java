package ailb.protocol.error;

import ailb.pool.FailureClass;
import ailb.pool.Provider;
import ailb.protocol.wire.HeaderTimes;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.Remaining;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Builds failures for the dispatcher, the log and the caller. */
public final class Failures {

    /** A code has no digits: text with digits may be part of a key. */
    private static final Pattern CODE = Pattern.compile("[A-Za-z_]{1,64}");

    /** Used when the caller is not at fault: the balancer writes the message itself. */
    private static final byte[] NOTHING = new byte[0];

    private Failures() {}

    static boolean isFailure(int status) {
        return status < 200 || status >= 300;
    }

    /** A 2xx whose body is not an answer: cut off, empty, HTML, or JSON of another shape. */
    static ProviderReply.Failure notAnAnswer(int status, List<Remaining> remaining) {
        FailureClass failure = FailureClass.TRANSPORT;
        return new ProviderReply.Failure(failure, status, NOTHING, status + " without an answer in its body",
                true, Optional.empty(), Optional.empty(), remaining);
    }

    /** A stream that is malformed or ended early. */
    public static ProviderReply.Failure brokenStream(String detail, List<Remaining> remaining) {
        FailureClass failure = FailureClass.TRANSPORT;
        return new ProviderReply.Failure(
                failure, 200, NOTHING, detail, true, Optional.empty(), Optional.empty(), remaining);
    }

    /**
     * An error event in a stream that began with a successful status.
     *
     * @param callers the caller's protocol
     */
    public static ProviderReply.Failure streamed(ProviderError error, Provider callers, List<Remaining> remaining) {
        int status = statusOf(error);
        FailureClass failure = FailureClassifier.classify(status, error);
        boolean isCallers = failure == FailureClass.CALLER_FAULT;
        return new ProviderReply.Failure(
                failure,
                isCallers ? status : 200,
                isCallers ? error.toApiError(status).toJson(callers) : NOTHING,
                detail(200, failure, error),
                isRetryable(failure, error, Headers.NONE),
                Optional.empty(),
                Optional.empty(),
                remaining);
    }

    /** The HTTP status that the error would have had before the stream began. */
    private static int statusOf(ProviderError error) {
        if (error.says("rate_limit_exceeded") || error.says("rate_limit_error")) {
            return 429;
        }
        if (error.says("overloaded_error")) {
            return 529;
        }
        return error.status().orElseGet(() -> FailureClassifier.isOfRequest(error) ? 400 : 500);
    }

    /**
     * A status other than 2xx.
     *
     * @param callersWords the provider's error in the caller's protocol
     */
    static ProviderReply.Failure refused(
            int status,
            Headers headers,
            ProviderError error,
            byte[] callersWords,
            List<Remaining> remaining,
            Instant now) {
        FailureClass failure = FailureClassifier.classify(status, error);
        boolean isCallers = failure == FailureClass.CALLER_FAULT;
        return new ProviderReply.Failure(
                failure,
                status,
                isCallers ? callersWords : NOTHING,
                detail(status, failure, error),
                isRetryable(failure, error, headers),
                HeaderTimes.retryAfter(headers, now),
                failure == FailureClass.RATE_LIMITED ? FailureClassifier.limit(error, remaining) : Optional.empty(),
                remaining);
    }

    /**
     * A failure that needs a person, a full limit and a missing stored object concern one endpoint only. Another
     * endpoint has its own key, account and model, so these are retried whatever {@code x-should-retry} says.
     */
    private static boolean isRetryable(FailureClass failure, ProviderError error, Headers headers) {
        if (failure.needsAPerson() || failure == FailureClass.RATE_LIMITED
                || FailureClassifier.isStoredElsewhere(error)) {
            return true;
        }
        return switch (headers.get("x-should-retry").orElse("")) {
            case "true" -> true;
            case "false" -> false;
            default -> failure != FailureClass.CALLER_FAULT;
        };
    }

    /** Leaves out a message that may contain part of a key or text of the caller. */
    private static String detail(int status, FailureClass failure, ProviderError error) {
        String words = Stream.of(error.code(), error.type())
                .filter(CODE.asMatchPredicate())
                .findFirst()
                .map(code -> status + " " + code)
                .orElse(Integer.toString(status));
        return switch (failure) {
            case CREDENTIAL, CALLER_FAULT -> words;
            case RATE_LIMITED, QUOTA, OVERLOADED, MODEL, SERVER, TRANSPORT, TIMEOUT ->
                error.message().isEmpty() ? words : LogText.line(words + ": " + error.message());
        };
    }
}
