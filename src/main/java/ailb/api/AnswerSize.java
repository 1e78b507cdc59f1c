package ailb.api;

/**
 * How large an answer is to Lambda, which takes 6 MB: it is handed on as a JSON string, in which the runtime's writer
 * escapes quotes, backslashes, controls and surrogates.
 */
public final class AnswerSize {

    /** Of a function's answer as JSON, less some for what is not the body. */
    static final long MOST = 6_291_556 - 64 * 1024;

    /** That of an escape of JSON. */
    private static final int LARGEST_CHARACTER = 6;

    private AnswerSize() {}

    /** Whether Lambda hands this body on. Of one that is too large it tells the caller nothing but 500. */
    public static boolean fits(String body) {
        return body.length() <= MOST / LARGEST_CHARACTER || of(body) <= MOST;
    }

    /** Bytes. */
    static long of(String body) {
        return body.chars().mapToLong(AnswerSize::bytesInJson).sum();
    }

    private static long bytesInJson(int character) {
        if (character == '"' || character == '\\' || character == '\n') {
            return 2;
        }
        if (character < ' ' || Character.isSurrogate((char) character)) {
            return LARGEST_CHARACTER;
        }
        return character < 0x80 ? 1 : character < 0x800 ? 2 : 3;
    }
}
