package ailb.runtime;

/** Writes the JSON strings that a runtime needs. */
final class Json {

    private Json() {}

    /** The text in quotes, in ASCII. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 16).append('"');
        for (int i = 0; i < text.length(); i++) {
            append(quoted, text.charAt(i));
        }
        return quoted.append('"').toString();
    }

    private static void append(StringBuilder quoted, char c) {
        if (c == '"' || c == '\\') {
            quoted.append('\\').append(c);
        } else if (c >= ' ' && c < 0x7f) {
            quoted.append(c);
        } else {
            quoted.append(String.format("\\u%04x", (int) c));
        }
    }
}
