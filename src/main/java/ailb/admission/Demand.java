package ailb.admission;

import ailb.pool.LimitKind;
import ailb.pool.TokenAccounting;
import ailb.pool.TokenEstimate;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What one call takes from an endpoint's limits: one request, and these tokens.
 *
 * @param retry whether the request has failed elsewhere before: then the call counts against the endpoint's retries too
 */
public record Demand(long inputTokens, long outputTokens, boolean retry) {

    public Demand(long inputTokens, long outputTokens) {
        this(inputTokens, outputTokens, false);
    }

    public Demand asRetry() {
        return new Demand(inputTokens, outputTokens, true);
    }

    /** Output tokens expected of a call without a bound, at an endpoint without known answers. */
    static final long UNKNOWN_OUTPUT = 512;

    /**
     * What a call is expected to take.
     *
     * @param promptCharacters characters of the prompt
     * @param maxTokens the caller's bound on the output
     * @param answers number of answers asked for, from 1; {@code maxTokens} is for all of them together
     * @param meanOutput mean output tokens of the endpoint's recent answers; empty if there are too few
     */
    public static Demand estimate(
            TokenAccounting accounting, long promptCharacters, OptionalLong maxTokens, long answers,
            OptionalDouble meanOutput) {
        long input = TokenEstimate.ofCharacters(promptCharacters);
        long usual = meanOutput.isPresent()
                ? Math.round(answers * meanOutput.getAsDouble())
                : maxTokens.orElse(answers * UNKNOWN_OUTPUT);
        long output =
                switch (accounting) {
                    case MAX, MAX_REFUNDED -> maxTokens.orElse(usual);
                    case ESTIMATE -> Math.min(usual, maxTokens.orElse(Long.MAX_VALUE));
                };
        return new Demand(input, output);
    }

    /** The units of a limit that the call takes. */
    long units(LimitKind kind) {
        return switch (kind) {
            case REQUESTS_PER_MINUTE, REQUESTS_PER_DAY -> 1;
            case TOKENS_PER_MINUTE -> inputTokens + outputTokens;
            case INPUT_TOKENS_PER_MINUTE -> inputTokens;
            case OUTPUT_TOKENS_PER_MINUTE -> outputTokens;
        };
    }
}
