package ailb.pool;

/** Tokens by the length of their text, where nobody has counted them. */
public final class TokenEstimate {

    /** As English text has on the mean; other languages and code have fewer. */
    public static final long CHARACTERS_PER_TOKEN = 4;

    private TokenEstimate() {}

    /** The tokens of so many characters, rounded up. */
    public static long ofCharacters(long characters) {
        return Math.ceilDiv(characters, CHARACTERS_PER_TOKEN);
    }
}
