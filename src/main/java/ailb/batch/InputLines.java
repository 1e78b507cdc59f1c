package ailb.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The lines of a submission: lines of JSON Lines, or elements of a JSON array. Only this class tells the two apart.
 *
 * @param unit "line" or "element", for messages
 * @param lines at most one more than a batch may have
 * @param fault what is wrong with the whole submission; empty if nothing is
 */
record InputLines(String unit, List<InputLine> lines, Optional<String> fault) {

    private static final int MOST = Submission.MAX_LINES + 1;

    /** Never throws, whatever the bytes. */
    static InputLines of(byte[] body) {
        int start = isMarked(body) ? 3 : 0;
        while (start < body.length && isBlank(body[start])) {
            start++;
        }
        return start < body.length && body[start] == '[' ? elements(body, start + 1) : lines(body);
    }

    /** A byte order mark, as some editors write it. */
    private static boolean isMarked(byte[] body) {
        return body.length >= 3 && body[0] == (byte) 0xef && body[1] == (byte) 0xbb && body[2] == (byte) 0xbf;
    }

    private static InputLines lines(byte[] body) {
        List<InputLine> lines = new ArrayList<>();
        int number = 0;
        int start = isMarked(body) ? 3 : 0;
        while (start < body.length && lines.size() < MOST) {
            int end = start;
            while (end < body.length && body[end] != '\n') {
                end++;
            }
            number++;
            byte[] json = stripped(body, start, end);
            if (json.length > 0) {
                lines.add(new InputLine(number, json));
            }
            start = end + 1;
        }
        return new InputLines("line", lines, Optional.empty());
    }

    /**
     * Cuts at the commas outside of strings and brackets. Does not check that brackets match: whoever reads an element
     * does.
     */
    private static InputLines elements(byte[] body, int first) {
        List<InputLine> elements = new ArrayList<>();
        int start = first;
        int depth = 0;
        for (int i = first; i < body.length && elements.size() < MOST; i++) {
            switch (body[i]) {
                case '"' -> i = endOfText(body, i);
                case '{', '[' -> depth++;
                case '}' -> depth--;
                case ']' -> {
                    if (depth <= 0) {
                        addLast(elements, stripped(body, start, i));
                        return new InputLines("element", elements, afterwards(body, i + 1));
                    }
                    depth--;
                }
                case ',' -> {
                    if (depth <= 0) {
                        elements.add(new InputLine(elements.size() + 1, stripped(body, start, i)));
                        start = i + 1;
                        depth = 0;
                    }
                }
                default -> {}
            }
        }
        return new InputLines("element", elements, Optional.of("The JSON array has no end: look at element "
                + (elements.size() + 1) + ", the last one begun"));
    }

    /** Nothing between the brackets is no element. Nothing after a comma is an element, and wrong. */
    private static void addLast(List<InputLine> elements, byte[] json) {
        if (!elements.isEmpty() || json.length > 0) {
            elements.add(new InputLine(elements.size() + 1, json));
        }
    }

    private static Optional<String> afterwards(byte[] body, int from) {
        return stripped(body, from, body.length).length == 0
                ? Optional.empty()
                : Optional.of("There is more after the end of the JSON array");
    }

    /** Where the string that begins here ends: at its closing quote, or the end of the input. */
    private static int endOfText(byte[] body, int quote) {
        int at = quote + 1;
        while (at < body.length && body[at] != '"') {
            at += body[at] == '\\' ? 2 : 1;
        }
        return at;
    }

    private static byte[] stripped(byte[] body, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && isBlank(body[start])) {
            start++;
        }
        while (end > start && isBlank(body[end - 1])) {
            end--;
        }
        return Arrays.copyOfRange(body, start, end);
    }

    private static boolean isBlank(byte character) {
        return character == ' ' || character == '\t' || character == '\r' || character == '\n';
    }
}
