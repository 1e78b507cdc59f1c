package ailb.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Messages as Anthropic's turns. Instructions go to the top-level {@code system}; neighbouring turns of one role are
 * merged, with the results of tools first; text of nothing but white space, which Anthropic refuses, is left out.
 */
final class AnthropicConversation {

    private static final String USER = "user";
    private static final String ASSISTANT = "assistant";

    private final ArrayNode system = Json.array();
    private final ArrayNode turns = Json.array();

    private String speaker = "";
    private ArrayNode content = Json.array();
    private int results;

    /** Calls of the last turn of the assistant's that have no result yet, and where they stand. */
    private final Map<String, String> unanswered = new LinkedHashMap<>();
    private final Set<String> calls = new HashSet<>();
    private Optional<String> fault = Optional.empty();

    private AnthropicConversation() {}

    /** Only of messages that have no {@link AnthropicMessages#fault fault} each by itself. */
    static AnthropicConversation of(JsonNode messages) {
        AnthropicConversation conversation = new AnthropicConversation();
        for (int i = 0; i < messages.size(); i++) {
            conversation.add(messages.get(i), "messages[" + i + "].");
        }
        conversation.end();
        return conversation;
    }

    ArrayNode system() {
        return system;
    }

    ArrayNode turns() {
        return turns;
    }

    /** The path of what Anthropic refuses in the order of the turns: calls and results have to match turn by turn. */
    Optional<String> fault() {
        return fault.or(() -> turns.isEmpty() ? Optional.of("messages") : Optional.empty());
    }

    private void add(JsonNode message, String path) {
        switch (message.path("role").textValue()) {
            case "assistant" -> addAssistant(message, path);
            case "tool" -> addResult(message, path);
            case "user" -> {
                ArrayNode blocks = blocks(message.path("content"));
                if (!blocks.isEmpty()) {
                    turnOf(USER).addAll(blocks);
                }
            }
            default -> system.addAll(blocks(message.path("content")));
        }
    }

    private void addAssistant(JsonNode message, String path) {
        ArrayNode blocks = blocks(message.path("content"));
        addText(blocks, message.path("refusal"));
        JsonNode toolCalls = message.path("tool_calls");
        AnthropicToolCalls.addBlocks(toolCalls, blocks);
        // A turn may not end with a thought, so an answer that was cut off while thinking is left out.
        if (blocks.isEmpty()) {
            return;
        }
        if (turns.isEmpty()) {
            // Anthropic wants a user's turn first. One made up here would be words in the user's mouth.
            report(path + "role");
        }
        ArrayNode turn = turnOf(ASSISTANT);
        message.path("thinking_blocks").forEach(turn::add);
        turn.addAll(blocks);
        for (int i = 0; i < toolCalls.size(); i++) {
            String id = toolCalls.get(i).path("id").textValue();
            if (!calls.add(id)) {
                report(path + "tool_calls[" + i + "].id");
            }
            unanswered.put(id, path + "tool_calls[" + i + "]");
        }
    }

    private void addResult(JsonNode message, String path) {
        String id = message.path("tool_call_id").textValue();
        if (unanswered.remove(id) == null) {
            report(path + "tool_call_id");
        }
        ObjectNode result = Json.object().put("type", "tool_result").put("tool_use_id", id);
        ArrayNode blocks = blocks(message.path("content"));
        if (!blocks.isEmpty()) {
            result.set("content", blocks);
        }
        turnOf(USER).insert(results++, result);
    }

    private ArrayNode turnOf(String role) {
        if (!speaker.equals(role)) {
            if (role.equals(ASSISTANT)) {
                reportUnanswered();
            }
            speaker = role;
            results = 0;
            content = turns.addObject().put("role", role).putArray("content");
        }
        return content;
    }

    private void end() {
        reportUnanswered();
        if (speaker.equals(ASSISTANT)) {
            endWithoutWhiteSpace();
        }
    }

    /** The model goes on from a last turn of the assistant's, and Anthropic wants no white space at that seam. */
    private void endWithoutWhiteSpace() {
        if (content.path(content.size() - 1) instanceof ObjectNode last && last.path("text").isTextual()) {
            last.put("text", MessageText.stripTrailing(last.path("text").textValue()));
        }
    }

    private void reportUnanswered() {
        unanswered.values().stream().findFirst().ifPresent(this::report);
        unanswered.clear();
    }

    private void report(String path) {
        fault = fault.or(() -> Optional.of(path));
    }

    private static ArrayNode blocks(JsonNode content) {
        ArrayNode blocks = Json.array();
        addText(blocks, content);
        for (JsonNode part : content) {
            switch (part.path("type").textValue()) {
                case "image_url" -> blocks.add(AnthropicMedia.imageBlock(part.path("image_url")));
                case "file" -> blocks.add(AnthropicMedia.documentBlock(part.path("file")));
                case "refusal" -> addText(blocks, part.path("refusal"));
                default -> addText(blocks, part.path("text"));
            }
        }
        return blocks;
    }

    private static void addText(ArrayNode blocks, JsonNode text) {
        if (text.isTextual() && !MessageText.isBlank(text.textValue())) {
            blocks.addObject().put("type", "text").put("text", text.textValue());
        }
    }
}
