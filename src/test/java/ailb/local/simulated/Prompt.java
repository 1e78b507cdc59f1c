package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a model is given to read and to see, in any of the protocols: text anywhere in it, and parts that are images. */
final class Prompt {

    /** Fields that no model reads. */
    private static final Set<String> STRUCTURE = Set.of(
            "type", "role", "id", "call_id", "tool_call_id", "tool_use_id", "status", "signature", "cache_control",
            "image_url", "source", "file_data", "encrypted_content");

    private static final Set<String> IMAGES = Set.of("image_url", "image", "input_image");

    /** An image is taken for 85 tokens, as OpenAI's at low detail. */
    private static final long CHARACTERS_OF_AN_IMAGE = 340;

    private Prompt() {}

    /** Characters to read, with some for each image. */
    static long characters(JsonNode... parts) {
        long characters = 0;
        for (JsonNode part : parts) {
            characters += text(part) + CHARACTERS_OF_AN_IMAGE * images(part);
        }
        return characters;
    }

    private static long text(JsonNode node) {
        if (!node.isContainerNode()) {
            return node.isTextual() ? node.textValue().length() : 0;
        }
        long characters = 0;
        for (JsonNode item : node.isArray() ? node : List.<JsonNode>of()) {
            characters += text(item);
        }
        for (var field : node.properties()) {
            characters += STRUCTURE.contains(field.getKey()) ? 0 : text(field.getValue());
        }
        return characters;
    }

    static int images(JsonNode node) {
        int images = IMAGES.contains(node.path("type").asText()) ? 1 : 0;
        for (JsonNode inner : node) {
            images += images(inner);
        }
        return images;
    }

    /** The text of a message's content: a string, or parts that hold text. */
    static String words(JsonNode content) {
        List<String> texts = new ArrayList<>();
        if (content.isTextual()) {
            texts.add(content.textValue());
        }
        content.forEach(part -> texts.add(part.path("text").asText()));
        return String.join(" ", texts).strip();
    }
}
