package ailb.protocol.json;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** JSON that a caller sent, as text, and where in the bytes a parser of it stands. */
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

    /** Where in the bytes the token begins that the parser stands on. Asked from front to back only. */
    public int start(JsonParser parser) {
        return offset(parser.currentTokenLocation().getCharOffset());
    }

    /** Where in the bytes the token ends that the parser has read. Asked from front to back only. */
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

    /** Each half of a pair takes half of its four bytes. */
    private static int width(char character) {
        if (character < 0x80) {
            return 1;
        }
        return character < 0x800 || Character.isSurrogate(character) ? 2 : 3;
    }
}
