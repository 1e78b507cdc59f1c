package ailb.protocol.json;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A caller's JSON as text, and the byte offsets of a parser's position in it. */
public final class CallersText {

    private final String text;
    private final boolean isAscii;
    private int characters;
    private int bytes;

    /** @param json UTF-8 */
    public CallersText(byte[] json) {
        this.text = new String(json, StandardCharsets.UTF_8);
        this.isAscii = text.length() == json.length;
    }

    public JsonParser parser() throws IOException {
        return Json.parser(text);
    }

    /** The byte offset at which the parser's current token begins. Offsets must be asked for in ascending order. */
    public int start(JsonParser parser) {
        return offset(parser.currentTokenLocation().getCharOffset());
    }

    /** The byte offset at which the parser's current token ends. Offsets must be asked for in ascending order. */
    public int end(JsonParser parser) throws IOException {
        parser.finishToken();
        return offset(parser.currentLocation().getCharOffset());
    }

    private int offset(long character) {
        if (isAscii) {
            return (int) character;
        }
        while (characters < character) {
            bytes += width(text.charAt(characters));
            characters++;
        }
        return bytes;
    }

    /** Bytes in UTF-8. Each half of a surrogate pair counts as two of the pair's four bytes. */
    private static int width(char character) {
        if (character < 0x80) {
            return 1;
        }
        return character < 0x800 || Character.isSurrogate(character) ? 2 : 3;
    }
}
