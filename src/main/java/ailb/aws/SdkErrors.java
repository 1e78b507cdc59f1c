package ailb.aws;

import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/** Describes exceptions of the SDK for log lines. */
final class SdkErrors {

    private static final int MAX_CHARS = 300;

    /**
     * Names of errors whose message tells what to correct. Messages of other errors are left out: the one of a rejected
     * signature, for example, has the request's headers with the session token.
     */
    private static final Set<String> EXPLAINED =
            Set.of("ValidationException", "ResourceNotFoundException", "AccessDeniedException");

    private SdkErrors() {}

    /** A short cause without secrets. If the exception stands for an interrupt, the thread is interrupted again. */
    static String describe(SdkException thrown) {
        if (thrown instanceof AbortedException) {
            Thread.currentThread().interrupt();
        }
        String kind = thrown.getClass().getSimpleName();
        if (thrown instanceof AwsServiceException refused && refused.awsErrorDetails() != null) {
            return kind + ": " + words(refused.awsErrorDetails());
        }
        return thrown.getCause() == null
                ? kind
                : kind + ": " + thrown.getCause().getClass().getSimpleName();
    }

    private static String words(AwsErrorDetails error) {
        String words = EXPLAINED.contains(error.errorCode())
                ? error.errorCode() + ": " + error.errorMessage()
                : String.valueOf(error.errorCode());
        return words.substring(0, Math.min(words.length(), MAX_CHARS));
    }
}
