package ailb.batch;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a submitted line. Texts are fit to be shown: at most 300 characters, no control characters.
 *
 * @param line from 1; in a JSON array the element
 * @param code for machines
 * @param param the field of the line that is at fault, or null
 * @param message a phrase without a full stop, to follow a colon
 */
public record Problem(int line, String code, @Nullable String param, String message) {

    private static final int LONGEST = 300;

    public Problem {
        param = param == null ? null : shown(param);
        message = shown(message);
    }

    /** Half a surrogate pair counts as a control character too: it has no UTF-8. */
    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(LONGEST)
                .map(point -> Character.isISOControl(point) || isHalf(point) ? '?' : point)
                .forEach(shown::appendCodePoint);
        return shown.toString();
    }

    private static boolean isHalf(int point) {
        return Character.getType(point) == Character.SURROGATE;
    }
}
