package ailb.api;

import java.time.Duration;

/**
 * The limits of the front end (API Gateway with Lambda, or the local server) on answers.
 *
 * @param bytes maximum size of an answer without its head
 * @param silence maximum time without a byte to the caller before the front end gives up
 */
public record AnswerLimits(long bytes, Duration silence) {

    /** The limits of the local server: none. */
    public static final AnswerLimits NONE = new AnswerLimits(Long.MAX_VALUE, Duration.ofDays(1));

    boolean fits(ApiResponse response) {
        return response.body().length <= bytes;
    }
}
