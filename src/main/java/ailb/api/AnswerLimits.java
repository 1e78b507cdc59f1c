package ailb.api;

import java.time.Duration;

/**
 * What the front can hand on.
 *
 * @param bytes largest answer, its head left out
 * @param silence how long a caller may be without a byte of an answer before the front gives up
 */
public record AnswerLimits(long bytes, Duration silence) {

    /** Of a front of our own. */
    public static final AnswerLimits NONE = new AnswerLimits(Long.MAX_VALUE, Duration.ofDays(1));

    boolean fits(ApiResponse response) {
        return response.body().length <= bytes;
    }
}
