package ailb.aws;

import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/** What an exception of the SDK says that may be logged. */
final class SdkErrors {

    private static final int MAX_CHARS = 300;

    /**
     * Errors of ours, or of the deployment, whose message tells what to mend. Those of others are left out: a refused
     * signature, for one, is answered with the request's headers, session token included.
     */
    private static final Set<String> EXPLAINED =
            Set.of("ValidationException", "ResourceNotFoundException", "AccessDeniedException");

    private SdkErrors() {}

    /** A short cause without secrets. An interrupt that the exception stands for is handed on to the thread. */
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
