package ailb.local.simulated;

import java.util.OptionalLong;

/**
 * One call and what it will be answered. A token is taken for four characters, as the providers' rule of thumb has it.
 *
 * @param id its own at this provider, for the ids of the answer to be made of
 * @param maxTokens the caller's bound on the answer
 * @param isCut whether that bound cuts the answer short
 */
record Call(
        String id,
        String model,
        long inputTokens,
        OptionalLong maxTokens,
        Said said,
        long outputTokens,
        boolean isCut) {

    private static final int CHARACTERS_PER_TOKEN = 4;

    static Call of(String id, String model, long promptCharacters, OptionalLong maxTokens, Said whole) {
        long most = maxTokens.orElse(Integer.MAX_VALUE) * CHARACTERS_PER_TOKEN;
        boolean isCut = whole.characters() > most;
        Said said = isCut ? whole.cut((int) most) : whole;
        long inputTokens = Math.max(1, tokens(promptCharacters));
        return new Call(id, model, inputTokens, maxTokens, said, tokens(said.characters()), isCut);
    }

    private static long tokens(long characters) {
        return Math.ceilDiv(characters, CHARACTERS_PER_TOKEN);
    }
}
