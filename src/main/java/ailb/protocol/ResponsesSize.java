package ailb.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;

/** The length of the prompt of a Responses request, in characters, for token estimates at four characters a token. */
final class ResponsesSize {

    /** Fields that label a part, and encrypted reasoning: the model does not read them as text. */
    private static final Set<String> MARKS = Set.of("type", "role", "id", "call_id", "status", "encrypted_content");

    private ResponsesSize() {}

    /** Counts text at any depth. Images and files count by kind, not by the length of their base64. */
    static long characters(JsonNode value) {
        if (value.isTextual()) {
            return value.textValue().length();
        }
        if (value.isEmpty()) {
            return 0;
        }
        return switch (value.path("type").asText()) {
            case "input_image", "computer_screenshot", "input_audio" -> PromptSize.IMAGE_CHARACTERS;
            case "input_file" -> PromptSize.pages(value.path("file_data").asText());
            case "image_generation_call" -> 0; // an image that the model made
            default -> parts(value);
        };
    }

    private static long parts(JsonNode value) {
        long characters = 0;
        for (JsonNode part : value.isArray() ? value : Set.<JsonNode>of()) {
            characters += characters(part);
        }
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            boolean isMark = field.getValue().isTextual() && MARKS.contains(field.getKey());
            characters += isMark ? 0 : characters(field.getValue());
        }
        return characters;
    }
}
