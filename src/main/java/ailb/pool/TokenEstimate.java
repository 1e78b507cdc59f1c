package ailb.pool;

/** Estimates tokens from the length of a text. */
public final class TokenEstimate {

    /** The average for English text; other languages and code have fewer. */
    public static final long CHARACTERS_PER_TOKEN = 4;

    private TokenEstimate() {}

    /** The estimated tokens of a text of this many characters, rounded up. */
    public static long ofCharacters(long characters) {
        return Math.ceilDiv(characters, CHARACTERS_PER_TOKEN);
    }
}
