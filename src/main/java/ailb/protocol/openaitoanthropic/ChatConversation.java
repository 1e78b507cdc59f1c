package ailb.protocol.openaitoanthropic;

import ailb.protocol.json.Json;
import ailb.protocol.translate.AnthropicMedia;
import ailb.protocol.translate.AnthropicToolCalls;
import ailb.protocol.translate.MessageText;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Translates messages to Anthropic's turns. Instructions go to the top-level {@code system}. Adjacent turns of one role
 * are merged, tool results first. Blank text is left out, as Anthropic refuses it.
 */
final class ChatConversation {

    private static final String USER = "user";
    private static final String ASSISTANT = "assistant";

    private final ArrayNode system = Json.array();
    private final ArrayNode turns = Json.array();

    private String speaker = "";
    private ArrayNode content = Json.array();
    private int results;

    private ChatConversation() {}

    /** Only for messages without a fault, in themselves and in their {@link ChatOrder order}. */
    static ChatConversation of(JsonNode messages) {
        ChatConversation conversation = new ChatConversation();
        messages.forEach(conversation::add);
        conversation.end();
        return conversation;
    }

    ArrayNode system() {
        return system;
    }

    ArrayNode turns() {
        return turns;
    }

    private void add(JsonNode message) {
        switch (message.path("role").textValue()) {
            case "assistant" -> addAssistant(message);
            case "tool" -> addResult(message);
            case "user" -> {
                if (hasBlocks(message.path("content"))) {
                    addBlocks(message.path("content"), turnOf(USER));
                }
            }
            default -> addBlocks(message.path("content"), system);
        }
    }

    private void addAssistant(JsonNode message) {
        if (!isAssistantsTurn(message)) {
            return;
        }
        ArrayNode turn = turnOf(ASSISTANT);
        message.path("thinking_blocks").forEach(turn::add);
        addBlocks(message.path("content"), turn);
        addText(turn, message.path("refusal"));
        AnthropicToolCalls.addBlocks(message.path("tool_calls"), turn);
    }

    private void addResult(JsonNode message) {
        String id = message.path("tool_call_id").textValue();
        ObjectNode result = Json.object().put("type", "tool_result").put("tool_use_id", id);
        if (hasBlocks(message.path("content"))) {
            addBlocks(message.path("content"), result.putArray("content"));
        }
        turnOf(USER).insert(results++, result);
    }

    private ArrayNode turnOf(String role) {
        if (!speaker.equals(role)) {
            speaker = role;
            results = 0;
            content = Json.array();
            turns.add(Json.object().put("role", role).set("content", content));
        }
        return content;
    }

    private void end() {
        if (speaker.equals(ASSISTANT)) {
            endWithoutWhiteSpace();
        }
    }

    /** The model continues a last turn of the assistant, and Anthropic refuses white space at its end. */
    private void endWithoutWhiteSpace() {
        if (content.path(content.size() - 1) instanceof ObjectNode last && last.path("text").isTextual()) {
            last.put("text", MessageText.stripTrailing(last.path("text").textValue()));
        }
    }

    /**
     * Whether the message becomes a turn. A turn must not end with a thought, so a message with thoughts only is left
     * out.
     */
    static boolean isAssistantsTurn(JsonNode message) {
        return hasBlocks(message.path("content"))
                || isSaid(message.path("refusal"))
                || !message.path("tool_calls").isEmpty();
    }

    /** Whether any of the content becomes a block. */
    static boolean hasBlocks(JsonNode content) {
        for (JsonNode part : content) {
            boolean isBlock = switch (part.path("type").textValue()) {
                case "image_url", "file" -> true;
                case "refusal" -> isSaid(part.path("refusal"));
                default -> isSaid(part.path("text"));
            };
            if (isBlock) {
                return true;
            }
        }
        return isSaid(content);
    }

    private static boolean isSaid(JsonNode text) {
        return text.isTextual() && !MessageText.isBlank(text.textValue());
    }

    private static void addBlocks(JsonNode content, ArrayNode blocks) {
        addText(blocks, content);
        for (JsonNode part : content) {
            switch (part.path("type").textValue()) {
                case "image_url" -> blocks.add(AnthropicMedia.imageBlock(part.path("image_url")));
                case "file" -> blocks.add(AnthropicMedia.documentBlock(part.path("file")));
                case "refusal" -> addText(blocks, part.path("refusal"));
                default -> addText(blocks, part.path("text"));
            }
        }
    }

    private static void addText(ArrayNode blocks, JsonNode text) {
        if (isSaid(text)) {
            blocks.add(Json.object().put("type", "text").set("text", text));
        }
    }
}
