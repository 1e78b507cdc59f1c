package ailb.aws;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Makes text that SQS accepts: without control characters other than tab, line feed and carriage return, without lone
 * surrogates, U+FFFE and U+FFFF.
 */
final class SqsText {

    private static final int MAX_ATTRIBUTE_CHARS = 1024;
    private static final Pattern REFUSED =
            Pattern.compile("[^\\t\\n\\r\\x{20}-\\x{D7FF}\\x{E000}-\\x{FFFD}\\x{10000}-\\x{10FFFF}]");
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]");

    private SqsText() {}

    /** Escapes the characters that SQS rejects. The JSON means the same. */
    static String body(String json) {
        return REFUSED.matcher(json).replaceAll(match -> "\\\\u%04x".formatted((int) match.group().charAt(0)));
    }

    /** One line of at most 1,024 characters. */
    static String attribute(String text) {
        String cut = text.substring(0, Math.min(text.length(), MAX_ATTRIBUTE_CHARS));
        return REFUSED.matcher(CONTROLS.matcher(cut).replaceAll(" ")).replaceAll("?").strip();
    }

    /** Number of bytes in UTF-8. */
    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
