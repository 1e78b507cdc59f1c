package ailb.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The length of a prompt in Anthropic's format, in characters, for token estimates at four characters a token. */
final class MessagesSize {

    private MessagesSize() {}

    /**
     * Counts text, tools and tool calls as written. Images and files count by kind, not by the length of their base64.
     */
    static long characters(ObjectNode root) {
        long characters = content(root.path("system")) + PromptSize.json(root.path("tools"))
                + PromptSize.json(root.path("output_config").path("format"));
        for (JsonNode message : root.path("messages")) {
            characters += content(message.path("content"));
        }
        return characters;
    }

    private static long content(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue().length();
        }
        long characters = 0;
        for (JsonNode block : content) {
            characters += block(block);
        }
        return characters;
    }

    private static long block(JsonNode block) {
        return switch (block.path("type").asText()) {
            case "text" -> block.path("text").asText().length();
            case "image" -> PromptSize.IMAGE_CHARACTERS;
            case "document" -> document(block.path("source"));
            case "tool_use" -> block.path("name").asText().length() + PromptSize.json(block.path("input"));
            case "tool_result" -> content(block.path("content"));
            default -> PromptSize.json(block);
        };
    }

    private static long document(JsonNode source) {
        return switch (source.path("type").asText()) {
            case "base64" -> PromptSize.pages(source.path("data").asText());
            case "content" -> content(source.path("content"));
            case "text" -> source.path("data").asText().length();
            default -> PromptSize.PAGE_CHARACTERS;
        };
    }
}
