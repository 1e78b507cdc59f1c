package ailb.protocol.json;

import com.fasterxml.jackson.core.JsonStreamContext;
import java.util.regex.Pattern;

/**
 * The path of a field in a caller's request, as errors name it: {@code messages[0].content[2].text}. A path is cut to
 * 200 characters, because it repeats the caller's text. Build paths for faults only: a request may have very many
 * fields.
 */
public final class FieldPath {

    private static final int LONGEST = 200;
    private static final int LONGEST_NAME = 64;

    /**
     * Control characters, format characters such as direction marks, lone surrogates, line and paragraph separators.
     */
    private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    private FieldPath() {}

    /** The path of a field within {@code place}. */
    public static String in(String place, String field) {
        return shortened(place + field, LONGEST);
    }

    /** A name that the caller chose, shortened. */
    public static String name(String name) {
        return shortened(name, LONGEST_NAME);
    }

    /** The path of the parser's current position. */
    public static String of(JsonStreamContext at) {
        StringBuilder path = new StringBuilder();
        append(at, path);
        return shortened(path.toString(), LONGEST);
    }

    private static void append(JsonStreamContext at, StringBuilder path) {
        if (at.getParent() == null) {
            return;
        }
        append(at.getParent(), path);
        if (at.inArray()) {
            path.append('[').append(at.getCurrentIndex()).append(']');
        } else if (at.getCurrentName() != null) {
            path.append(path.isEmpty() ? "" : ".").append(name(at.getCurrentName()));
        }
    }

    /**
     * The first {@code most} code points, followed by dots where there are more. Characters that would move a
     * terminal's cursor or cannot be encoded in UTF-8 become question marks.
     */
    public static String shortened(String text, int most) {
        String start = text.codePointCount(0, text.length()) <= most
                ? text
                : text.substring(0, text.offsetByCodePoints(0, most)) + "...";
        return INVISIBLE.matcher(start).replaceAll("?");
    }
}
