package ailb.protocol.translate;

import ailb.protocol.json.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Translates tool call ids. A provider chooses its ids freely, and another provider may refuse them. An id that does
 * not fit is re-encoded by a fixed rule, so calls and results match, also in later turns, without stored state.
 */
public final class ToolCallIds {

    private static final Pattern ANTHROPICS = Pattern.compile("[a-zA-Z0-9_-]+");
    private static final Pattern MISTRALS = Pattern.compile("[a-zA-Z0-9]+");
    private static final int MISTRALS_LENGTH = 9;
    private static final String WRITTEN = "toolu_as-";

    private ToolCallIds() {}

    static boolean fitsAnthropic(String id) {
        return ANTHROPICS.matcher(id).matches();
    }

    public static String forAnthropic(String id) {
        byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
        return fitsAnthropic(id) ? id : WRITTEN + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The original id, decoded from the result of {@link #forAnthropic}: Kimi's models need their own ids. */
    public static String asMade(String id) {
        if (!id.startsWith(WRITTEN)) {
            return id;
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(id.substring(WRITTEN.length()));
            String made = new String(bytes, StandardCharsets.UTF_8);
            return forAnthropic(made).equals(id) ? made : id;
        } catch (IllegalArgumentException another) {
            return id;
        }
    }

    /** @param sha256 see {@link Sha256#digest} */
    public static String forMistral(String id, MessageDigest sha256) {
        if (id.length() == MISTRALS_LENGTH && MISTRALS.matcher(id).matches()) {
            return id;
        }
        byte[] digest = sha256.digest(id.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of()
                .toHexDigits(ByteBuffer.wrap(digest).getLong() >>> (Long.SIZE - 4 * MISTRALS_LENGTH), MISTRALS_LENGTH);
    }
}
