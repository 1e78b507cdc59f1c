package ailb.protocol.error;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Makes a provider's text safe for a log line. */
final class LogText {

    private static final int MAX_LENGTH = 200;
    /** Bounds the work on a long message. Larger than a line, because redaction shortens the text. */
    private static final int MAX_SCANNED = 1000;

    private static final Pattern BREAKS = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\s]+");
    private static final Pattern KEYS = Pattern.compile(
            "\\b(?:sk|pk|rk|gsk|xai|key|nvapi|hf)[-_][^\\s\"',;]+" // with a known prefix, or the rest of one
                    + "|\\bbearer [^\\s\"',;]+"
                    + "|[^\\s\"',;]*\\*{3}[^\\s\"',;]*" // masked
                    + "|[\\w+/=-]{20,}", // long and random
            Pattern.CASE_INSENSITIVE);
    private static final Pattern WORDS = Pattern.compile("[a-z_]+");

    private LogText() {}

    /** One line of at most 200 characters, with no control characters and nothing that looks like a key. */
    static String line(String text) {
        String scanned = text.substring(0, Math.min(text.length(), MAX_SCANNED));
        String line = BREAKS.matcher(scanned).replaceAll(" ").strip();
        String redacted = KEYS.matcher(line).replaceAll(LogText::redact);
        return redacted.substring(0, Math.min(redacted.length(), MAX_LENGTH));
    }

    private static String redact(MatchResult match) {
        return WORDS.matcher(match.group()).matches() ? match.group() : "[redacted]";
    }
}
