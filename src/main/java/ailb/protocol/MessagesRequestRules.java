package ailb.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * What a request of an Anthropic client must look like. Looks only at what the balancer uses or what any provider would
 * refuse; the rest is the provider's to judge.
 */
final class MessagesRequestRules {

    private MessagesRequestRules() {}

    static Optional<ApiError> firstFault(ObjectNode root) {
        return prompt(root)
                .or(() -> maxTokens(root))
                .or(() -> ChatRequestRules.stream(root.path("stream")));
    }

    /** The part that a count of its tokens needs too. */
    static Optional<ApiError> prompt(ObjectNode root) {
        return ChatRequestRules.model(root.path("model"))
                .or(() -> content(root.path("system"), "system", true))
                .or(() -> messages(root.path("messages")));
    }

    private static Optional<ApiError> maxTokens(ObjectNode root) {
        JsonNode most = root.path("max_tokens"); // 0 fills Anthropic's cache
        return most.isIntegralNumber() && most.canConvertToInt() && most.intValue() >= 0
                ? Optional.empty()
                : ChatRequestRules.fault("max_tokens", "must be given, as an integer of 0 or more");
    }

    private static Optional<ApiError> messages(JsonNode messages) {
        if (!messages.isArray() || messages.isEmpty()) {
            return ChatRequestRules.fault("messages", "must be given, as an array with at least one message");
        }
        for (int i = 0; i < messages.size(); i++) {
            Optional<ApiError> fault = message(messages.get(i), "messages[" + i + "]");
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static Optional<ApiError> message(JsonNode message, String path) {
        if (!message.isObject()) {
            return ChatRequestRules.fault(path, "must be an object");
        }
        return message.path("role").isTextual()
                ? content(message.path("content"), path + ".content", false)
                : ChatRequestRules.fault(path + ".role", "must be given, as a string");
    }

    private static Optional<ApiError> content(JsonNode content, String path, boolean optional) {
        if (content.isTextual() || (optional && Json.isAbsent(content))) {
            return Optional.empty();
        }
        if (!content.isArray()) {
            return ChatRequestRules.fault(path, "must be a string or an array of blocks");
        }
        for (int i = 0; i < content.size(); i++) {
            Optional<ApiError> fault = block(content.get(i), path + "[" + i + "]");
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static Optional<ApiError> block(JsonNode block, String path) {
        if (!block.path("type").isTextual()) {
            return ChatRequestRules.fault(path + ".type", "must be given, as a string");
        }
        return Fields.is(block.path("type"), "text") && !block.path("text").isTextual()
                ? ChatRequestRules.fault(path + ".text", "must be given, as a string")
                : Optional.empty();
    }
}
