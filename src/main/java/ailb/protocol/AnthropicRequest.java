package ailb.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A chat request in Anthropic's words. Instructions go to the top-level {@code system}, neighbouring turns of one role
 * are merged, and text of nothing but white space, which Anthropic refuses, is left out.
 */
final class AnthropicRequest {

    /** Anthropic wants {@code max_tokens} in every request; this many where the caller gave none. */
    static final int DEFAULT_MAX_TOKENS = 4096;

    private static final double HIGHEST_TEMPERATURE = 1.0;

    private AnthropicRequest() {}

    static byte[] body(String modelId, ChatRequest request) {
        ObjectNode root = request.root();
        ObjectNode body = Json.object();
        body.put("model", modelId);
        body.put("max_tokens", request.maxTokens().orElse(DEFAULT_MAX_TOKENS));
        ArrayNode system = system(root.path("messages"));
        if (!system.isEmpty()) {
            body.set("system", system);
        }
        body.set("messages", turns(root.path("messages")));
        if (root.path("temperature").isNumber()) {
            body.put("temperature", Math.min(root.path("temperature").doubleValue(), HIGHEST_TEMPERATURE));
        }
        if (root.path("top_p").isNumber()) {
            body.set("top_p", root.path("top_p"));
        }
        List<String> stops = stopSequences(root.path("stop"));
        if (!stops.isEmpty()) {
            stops.forEach(body.putArray("stop_sequences")::add);
        }
        if (root.path("user").isTextual()) {
            body.putObject("metadata").set("user_id", root.path("user"));
        }
        return Json.bytes(body);
    }

    /** True where the first turn that has any text is the user's. */
    static boolean opensWithUser(JsonNode messages) {
        return turns(messages).path(0).path("role").asText().equals("user");
    }

    static List<String> stopSequences(JsonNode stop) {
        List<String> stops = new ArrayList<>();
        if (stop.isTextual()) {
            stops.add(stop.textValue());
        }
        stop.forEach(each -> stops.add(each.textValue()));
        return stops;
    }

    private static ArrayNode system(JsonNode messages) {
        ArrayNode system = Json.array();
        for (JsonNode message : messages) {
            if (isInstruction(message)) {
                system.addAll(textBlocks(message));
            }
        }
        return system;
    }

    private static ArrayNode turns(JsonNode messages) {
        ArrayNode turns = Json.array();
        ArrayNode content = Json.array();
        String speaker = "";
        for (JsonNode message : messages) {
            ArrayNode blocks = textBlocks(message);
            if (isInstruction(message) || blocks.isEmpty()) {
                continue;
            }
            if (!message.path("role").textValue().equals(speaker)) {
                speaker = message.path("role").textValue();
                content = turns.addObject().put("role", speaker).putArray("content");
            }
            content.addAll(blocks);
        }
        if (speaker.equals("assistant")) {
            endWithoutWhiteSpace(content);
        }
        return turns;
    }

    /** The model goes on from a last turn of the assistant's, and Anthropic wants no white space at that seam. */
    private static void endWithoutWhiteSpace(ArrayNode content) {
        ObjectNode last = (ObjectNode) content.get(content.size() - 1);
        last.put("text", MessageText.stripTrailing(last.path("text").textValue()));
    }

    private static ArrayNode textBlocks(JsonNode message) {
        ArrayNode blocks = Json.array();
        for (String text : MessageText.of(message)) {
            if (!MessageText.isBlank(text)) {
                blocks.addObject().put("type", "text").put("text", text);
            }
        }
        return blocks;
    }

    private static boolean isInstruction(JsonNode message) {
        String role = message.path("role").textValue();
        return role.equals("system") || role.equals("developer");
    }
}
