package ailb.protocol.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** The length of a value as JSON without white space, in UTF-16 units. Computed without writing the JSON. */
public final class JsonLength {

    private JsonLength() {}

    public static long of(JsonNode value) {
        if (value.isTextual()) {
            return text(value.textValue());
        }
        if (value.isContainerNode()) {
            return 2 + Math.max(0, value.size() - 1) + parts(value);
        }
        if (value.isInt()) {
            return integer(value.intValue());
        }
        return value.asText().length();
    }

    private static long parts(JsonNode container) {
        long length = 0;
        if (container.isEmpty()) {
            return length;
        }
        if (container instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                length += text(field.getKey()) + 1 + of(field.getValue());
            }
        } else {
            for (int i = 0; i < container.size(); i++) {
                length += of(container.get(i));
            }
        }
        return length;
    }

    private static long text(String text) {
        long length = 2L + text.length();
        for (int i = 0; i < text.length(); i++) {
            length += escape(text.charAt(i));
        }
        return length;
    }

    /** The number of extra characters that escaping this one takes. */
    private static int escape(char character) {
        return switch (character) {
            case '"', '\\', '\b', '\t', '\n', '\f', '\r' -> 1;
            default -> character < ' ' ? 5 : 0;
        };
    }

    private static int integer(int value) {
        int digits = 1;
        for (int rest = value / 10; rest != 0; rest /= 10) {
            digits++;
        }
        return value < 0 ? digits + 1 : digits;
    }
}
