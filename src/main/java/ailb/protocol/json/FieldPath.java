package ailb.protocol.json;

import com.fasterxml.jackson.core.JsonStreamContext;
import java.util.regex.Pattern;

/**
 * Where a field stands in what a caller sent, as errors name it: {@code messages[0].content[2].text}. What the caller
 * wrote is repeated to 200 characters at most, and paths are made of faults only, as a good request has a field for
 * every few bytes.
 */
public final class FieldPath {

    private static final int LONGEST = 200;
    private static final int LONGEST_NAME = 64;

    /** Controls, marks of direction, halves of pairs, and ends of lines and paragraphs. */
    private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    private FieldPath() {}

    /** The field within what stands at {@code place}. */
    public static String in(String place, String field) {
        return shortened(place + field, LONGEST);
    }

    /** A name that the caller picked. */
    public static String name(String name) {
        return shortened(name, LONGEST_NAME);
    }

    /** What a parser stands on. */
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
     * Its first characters, and dots where there are more; none is cut in two. What would move a terminal's cursor, or has
     * no bytes in UTF-8, is a question mark.
     */
    public static String shortened(String text, int most) {
        String start = text.codePointCount(0, text.length()) <= most
                ? text
                : text.substring(0, text.offsetByCodePoints(0, most)) + "...";
        return INVISIBLE.matcher(start).replaceAll("?");
    }
}
