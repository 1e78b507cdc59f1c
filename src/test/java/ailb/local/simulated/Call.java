package ailb.local.simulated;

import java.util.OptionalLong;

/**
 * One call and what it will be answered. A token is taken for four characters, as the providers' rule of thumb has it.
 *
 * @param maxTokens the caller's bound on the answer
 * @param isCut whether that bound cuts the answer short
 */
record Call(
        String model, long inputTokens, OptionalLong maxTokens, String answer, long outputTokens, boolean isCut) {

    private static final int CHARACTERS_PER_TOKEN = 4;

    static Call of(String model, long promptCharacters, OptionalLong maxTokens, String wholeAnswer) {
        int most = (int) Math.min(wholeAnswer.length(), maxTokens.orElse(Integer.MAX_VALUE) * CHARACTERS_PER_TOKEN);
        String answer = wholeAnswer.substring(0, most);
        return new Call(
                model,
                Math.max(1, tokens(promptCharacters)),
                maxTokens,
                answer,
                tokens(answer.length()),
                answer.length() < wholeAnswer.length());
    }

    private static long tokens(long characters) {
        return Math.ceilDiv(characters, CHARACTERS_PER_TOKEN);
    }
}
