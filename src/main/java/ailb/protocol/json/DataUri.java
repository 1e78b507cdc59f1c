package ailb.protocol.json;

import java.util.Locale;
import java.util.Optional;

/**
 * A file inside a URL, {@code data:image/png;base64,iVBOR...}.
 *
 * @param mediaType in lower case, without parameters
 * @param data base64 of at least one byte, padded
 */
public record DataUri(String mediaType, String data) {

    private static final String SCHEME = "data:";
    private static final String ENCODING = ";base64";

    /** Empty where this is not a data URI, is not in base64, or has invalid base64. */
    public static Optional<DataUri> parse(String uri) {
        int comma = uri.indexOf(',');
        if (comma < 0 || !isDataUri(uri)) {
            return Optional.empty();
        }
        String head = uri.substring(SCHEME.length(), comma).toLowerCase(Locale.ROOT);
        String data = uri.substring(comma + 1);
        if (!head.endsWith(ENCODING) || !isBase64(data)) {
            return Optional.empty();
        }
        return Optional.of(new DataUri(head.substring(0, head.indexOf(';')), data));
    }

    public static boolean isDataUri(String uri) {
        return uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    }

    /** Whether this is padded base64 of at least one byte. */
    public static boolean isBase64(String data) {
        int end = data.length();
        for (int padding = 0; padding < 2 && end > 0 && data.charAt(end - 1) == '='; padding++) {
            end--;
        }
        return end > 0 && data.length() % 4 == 0 && data.chars().limit(end).allMatch(DataUri::isBase64Digit);
    }

    private static boolean isBase64Digit(int character) {
        return (character >= 'A' && character <= 'Z')
                || (character >= 'a' && character <= 'z')
                || (character >= '0' && character <= '9')
                || character == '+'
                || character == '/';
    }

    @Override
    public String toString() {
        return "DataUri(" + mediaType + ", " + data.length() + " characters)";
    }
}
