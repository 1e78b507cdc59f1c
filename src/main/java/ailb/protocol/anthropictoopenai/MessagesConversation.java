package ailb.protocol.anthropictoopenai;

import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * Translates Anthropic's turns to a chat's messages. Adjacent turns of one role count as one, as at Anthropic: tool
 * results come first, and an assistant's turn becomes one message.
 */
final class MessagesConversation {

    private final ArrayNode messages = Json.array();

    /** The user's other content, which must follow all tool results. */
    private final List<ObjectNode> said = new ArrayList<>();

    private final List<String> texts = new ArrayList<>();
    private final List<String> thoughts = new ArrayList<>();
    private ArrayNode calls = Json.array();

    private MessagesConversation() {}

    /** Only for a request without a fault. Includes thoughts that came from an endpoint of OpenAI's protocol. */
    static ArrayNode of(ObjectNode root) {
        MessagesConversation conversation = new MessagesConversation();
        JsonNode system = root.path("system");
        if (system.isTextual() || !system.isEmpty()) {
            conversation.messages.add(message("system", system));
        }
        for (JsonNode turn : root.path("messages")) {
            if (Fields.is(turn.path("role"), MessagesTurns.USER)) {
                conversation.endAssistants();
                conversation.addUsers(turn.path("content"));
            } else {
                conversation.endUsers();
                conversation.addAssistants(turn.path("content"));
            }
        }
        conversation.endUsers();
        return conversation.messages;
    }

    private void addUsers(JsonNode content) {
        ArrayNode rest = Json.array();
        for (JsonNode block : content) {
            if (Fields.is(block.path("type"), "tool_result")) {
                messages.add(MessagesToolUse.message(block));
            } else {
                rest.add(block);
            }
        }
        if (content.isTextual() || !rest.isEmpty()) {
            said.add(message(MessagesTurns.USER, content.isTextual() ? content : rest));
        }
    }

    private void endUsers() {
        messages.addAll(said);
        said.clear();
    }

    private void addAssistants(JsonNode content) {
        if (content.isTextual()) {
            texts.add(content.textValue());
        }
        for (JsonNode block : content) {
            switch (block.path("type").textValue()) {
                case "text" -> texts.add(block.path("text").textValue());
                case "tool_use" -> calls.add(MessagesToolUse.call(block));
                case "thinking" -> addThought(block);
                default -> {} // redacted: only the model that wrote it can use it
            }
        }
    }

    private void addThought(JsonNode block) {
        if (MessagesThinking.isUnsigned(block)) {
            thoughts.add(block.path("thinking").textValue());
        }
    }

    /** Leaves out a turn of thoughts only: it was cut off, and a chat has no such message. */
    private void endAssistants() {
        if (!texts.isEmpty() || !calls.isEmpty()) {
            ObjectNode message = Json.object().put("role", MessagesTurns.ASSISTANT);
            messages.add(message);
            message.put("content", texts.isEmpty() ? null : String.join("", texts));
            if (!thoughts.isEmpty()) {
                message.put("reasoning_content", String.join("", thoughts));
            }
            if (!calls.isEmpty()) {
                message.set("tool_calls", calls);
            }
        }
        texts.clear();
        thoughts.clear();
        calls = Json.array();
    }

    private static ObjectNode message(String role, JsonNode content) {
        ObjectNode message = Json.object().put("role", role);
        return isText(content) ? message.put("content", text(content)) : message.set("content", parts(content));
    }

    private static boolean isText(JsonNode content) {
        for (JsonNode block : content) {
            if (!Fields.is(block.path("type"), "text")) {
                return false;
            }
        }
        return true;
    }

    /** The text of a string or of text blocks, joined by blank lines: DeepSeek and others refuse text in parts. */
    static String text(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        StringJoiner text = new StringJoiner("\n\n");
        for (JsonNode block : content) {
            text.add(block.path("text").textValue());
        }
        return text.toString();
    }

    /** Blocks of text, images and files as the parts of a message. */
    private static ArrayNode parts(JsonNode blocks) {
        ArrayNode parts = Json.array();
        for (JsonNode block : blocks) {
            parts.add(switch (block.path("type").textValue()) {
                case "image" -> MessagesMedia.imagePart(block.path("source"));
                case "document" -> MessagesMedia.filePart(block);
                default -> Json.object().put("type", "text").set("text", block.path("text"));
            });
        }
        return parts;
    }
}
