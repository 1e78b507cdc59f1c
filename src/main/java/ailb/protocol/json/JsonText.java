package ailb.protocol.json;

import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;

/** Text as JSON. */
public final class JsonText {

    private JsonText() {}

    /** A JSON string, quotes included. */
    public static String quoted(String text) {
        return new String(Json.bytes(TextNode.valueOf(text)), StandardCharsets.UTF_8);
    }
}
