package ailb.protocol.openaitoanthropic;

import ailb.protocol.json.FieldPath;
import ailb.protocol.json.Fields;
import ailb.protocol.translate.AnthropicMedia;
import ailb.protocol.translate.AnthropicToolCalls;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks which messages can be translated for Anthropic without loss, one by one. */
final class ChatMessages {

    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool");

    private ChatMessages() {}

    /** The path of the first part of a message that has no equivalent. */
    static Optional<String> fault(JsonNode messages) {
        return Fields.firstFault(messages, ChatMessages::messageFault).map(field -> "messages" + field);
    }

    private static Optional<String> messageFault(JsonNode message) {
        String role = message.path("role").textValue();
        if (!ROLES.contains(role)) {
            return Optional.of("role");
        }
        for (Map.Entry<String, JsonNode> field : message.properties()) {
            Optional<String> fault = field.getValue().isNull()
                    ? Optional.empty()
                    : fieldFault(field.getKey(), field.getValue(), role);
            if (fault.isPresent()) {
                return fault;
            }
        }
        if (role.equals("tool") && !AnthropicToolCalls.isId(message.path("tool_call_id"))) {
            return Optional.of("tool_call_id");
        }
        return partsFault(message.path("content"), role);
    }

    private static Optional<String> fieldFault(String field, JsonNode value, String role) {
        boolean isAssistant = role.equals("assistant");
        boolean isServed = switch (field) {
            case "role", "content" -> true;
            // The function's name is already in the call.
            case "name" -> role.equals("tool") && value.isTextual();
            case "tool_call_id" -> role.equals("tool");
            // No provider can use unsigned thoughts; DeepSeek also wants them left out.
            case "refusal", "reasoning_content" -> isAssistant && value.isTextual();
            // Clients send an assistant's message back unchanged, with its empty lists.
            case "annotations" -> value.isArray() && value.isEmpty();
            case "tool_calls" -> isAssistant || (value.isArray() && value.isEmpty());
            case "thinking_blocks" -> isAssistant;
            default -> false;
        };
        if (!isServed) {
            return Optional.of(FieldPath.name(field));
        }
        return switch (field) {
            case "tool_calls" -> AnthropicToolCalls.fault(value);
            case "thinking_blocks" -> ChatThinking.fault(value);
            default -> Optional.empty();
        };
    }

    private static Optional<String> partsFault(JsonNode parts, String role) {
        return Fields.firstFault(parts, part -> partFault(part, role)).map(field -> "content" + field);
    }

    /**
     * The contents of a part are in a field named after its type. A part that is refused is named by that field, such
     * as {@code input_audio}.
     */
    private static Optional<String> partFault(JsonNode part, String role) {
        String type = part.path("type").textValue();
        boolean isServed = switch (type) {
            case "text" -> true;
            case "refusal" -> role.equals("assistant");
            case "image_url", "file" -> role.equals("user") || role.equals("tool");
            default -> false;
        };
        Optional<String> other = Fields.firstOther(part, isServed ? Set.of("type", type) : Set.of("type"));
        if (other.isPresent() || !isServed) {
            return other.or(() -> Optional.of("type"));
        }
        return switch (type) {
            case "image_url" -> AnthropicMedia.imageFault(part.path("image_url"));
            case "file" -> AnthropicMedia.fileFault(part.path("file"));
            default -> part.path(type).isTextual() ? Optional.empty() : Optional.of(type);
        };
    }
}
