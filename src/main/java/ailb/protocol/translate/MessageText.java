package ailb.protocol.translate;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Finds the text in a message of a chat. */
public final class MessageText {

    private MessageText() {}

    /** The texts of one message in their order: its content, or the text and refusal parts of it, then its refusal. */
    public static List<String> of(JsonNode message) {
        List<String> texts = new ArrayList<>();
        JsonNode content = message.path("content");
        addText(texts, content);
        for (JsonNode part : content) {
            addText(texts, part.path("text"));
            addText(texts, part.path("refusal"));
        }
        addText(texts, message.path("refusal"));
        return texts;
    }

    /** The total length of the texts, in characters (UTF-16 units). */
    public static long length(JsonNode message) {
        JsonNode content = message.path("content");
        long length = length(content, message.path("refusal"));
        for (JsonNode part : content) {
            length += length(part.path("text"), part.path("refusal"));
        }
        return length;
    }

    private static long length(JsonNode one, JsonNode other) {
        return (one.isTextual() ? one.textValue().length() : 0L)
                + (other.isTextual() ? other.textValue().length() : 0L);
    }

    /** Whether the text is only white space. For Anthropic that includes non-breaking spaces. */
    public static boolean isBlank(String text) {
        return stripTrailing(text).isEmpty();
    }

    public static String stripTrailing(String text) {
        int end = text.length();
        while (end > 0 && isWhiteSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    private static boolean isWhiteSpace(int character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character);
    }

    private static void addText(List<String> texts, JsonNode value) {
        if (value.isTextual()) {
            texts.add(value.textValue());
        }
    }
}
