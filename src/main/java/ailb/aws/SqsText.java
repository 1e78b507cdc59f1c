package ailb.aws;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Text as SQS takes it: no control characters but tab, line feed and carriage return, no lone surrogates, no U+FFFE and
 * no U+FFFF.
 */
final class SqsText {

    private static final int MAX_ATTRIBUTE_CHARS = 1024;
    private static final Pattern REFUSED =
            Pattern.compile("[^\\t\\n\\r\\x{20}-\\x{D7FF}\\x{E000}-\\x{FFFD}\\x{10000}-\\x{10FFFF}]");
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]");

    private SqsText() {}

    /** A body of JSON, which may stand for any character by an escape: the same JSON, without those that SQS refuses. */
    static String body(String json) {
        return REFUSED.matcher(json).replaceAll(match -> "\\\\u%04x".formatted((int) match.group().charAt(0)));
    }

    /** One line of at most 1,024 characters. */
    static String attribute(String text) {
        String cut = text.substring(0, Math.min(text.length(), MAX_ATTRIBUTE_CHARS));
        return REFUSED.matcher(CONTROLS.matcher(cut).replaceAll(" ")).replaceAll("?").strip();
    }

    /** Bytes in UTF-8. */
    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
