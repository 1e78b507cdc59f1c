package ailb.protocol;

import ailb.protocol.json.JsonLength;
import ailb.protocol.translate.MessageText;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The length of a prompt, in characters, for token estimates at four characters a token. */
final class PromptSize {

    /** An image of the largest size that providers do not scale down takes about 1,500 tokens. */
    static final long IMAGE_CHARACTERS = 6_000;

    /** A page of a PDF takes 1,500 to 3,000 tokens, by Anthropic's documentation. */
    static final long PAGE_CHARACTERS = 9_000;

    /** This many base64 characters count as one page: the number of pages is not known without reading the file. */
    private static final long PAGE_BASE64 = 50_000;

    private PromptSize() {}

    /**
     * Counts text, tools and tool calls as written. Images and files count by kind, not by the length of their base64.
     */
    static long characters(ObjectNode root) {
        long characters = json(root.path("tools")) + json(root.path("functions"))
                + json(root.path("response_format").path("json_schema"));
        for (JsonNode message : root.path("messages")) {
            characters += MessageText.length(message);
            characters += calls(message.path("tool_calls")) + json(message.path("function_call"))
                    + json(message.path("thinking_blocks"));
            for (JsonNode part : message.path("content")) {
                characters += media(part);
            }
        }
        return characters;
    }

    private static long calls(JsonNode calls) {
        long characters = 0;
        for (JsonNode call : calls) {
            JsonNode arguments = call.path("function").path("arguments");
            characters += call.path("function").path("name").asText().length();
            characters += arguments.isTextual() ? arguments.textValue().length() : json(arguments);
        }
        return characters;
    }

    private static long media(JsonNode part) {
        return switch (part.path("type").asText()) {
            case "image_url", "input_audio" -> IMAGE_CHARACTERS;
            case "file" -> pages(part.path("file").path("file_data").asText());
            default -> 0;
        };
    }

    /** The characters that a PDF counts as, judged by the length of its base64. */
    static long pages(String base64) {
        return PAGE_CHARACTERS * Math.max(1, Math.ceilDiv(base64.length(), PAGE_BASE64));
    }

    /** The length of a schema as it is written: names are a large part of it. */
    static long json(JsonNode value) {
        return value.isContainerNode() && !value.isEmpty() ? JsonLength.of(value) : 0;
    }
}
