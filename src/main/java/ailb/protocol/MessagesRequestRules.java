package ailb.protocol;

import ailb.protocol.error.FieldFault;
import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * Checks an Anthropic client's request. Checks only what the balancer uses or what every provider would refuse; the
 * provider checks the rest.
 */
final class MessagesRequestRules {

    private MessagesRequestRules() {}

    static Optional<FieldFault> firstFault(ObjectNode root) {
        return prompt(root)
                .or(() -> maxTokens(root))
                .or(() -> ChatRequestRules.stream(root.path("stream")));
    }

    /** The rules that also apply to {@code count_tokens}. */
    static Optional<FieldFault> prompt(ObjectNode root) {
        return ChatRequestRules.model(root.path("model"))
                .or(() -> content(root.path("system"), true).map(fault -> fault.in("system")))
                .or(() -> messages(root.path("messages")));
    }

    private static Optional<FieldFault> maxTokens(ObjectNode root) {
        JsonNode most = root.path("max_tokens"); // 0 fills Anthropic's cache
        return most.isIntegralNumber() && most.canConvertToInt() && most.intValue() >= 0
                ? Optional.empty()
                : FieldFault.of("max_tokens", "must be given, as an integer of 0 or more");
    }

    private static Optional<FieldFault> messages(JsonNode messages) {
        if (!messages.isArray() || messages.isEmpty()) {
            return FieldFault.of("messages", "must be given, as an array with at least one message");
        }
        return FieldFault.first(messages, MessagesRequestRules::message).map(fault -> fault.in("messages"));
    }

    private static Optional<FieldFault> message(JsonNode message) {
        if (!message.isObject()) {
            return FieldFault.of("", "must be an object");
        }
        return message.path("role").isTextual()
                ? content(message.path("content"), false).map(fault -> fault.in(".content"))
                : FieldFault.of(".role", "must be given, as a string");
    }

    private static Optional<FieldFault> content(JsonNode content, boolean optional) {
        if (content.isTextual() || (optional && Json.isAbsent(content))) {
            return Optional.empty();
        }
        if (!content.isArray()) {
            return FieldFault.of("", "must be a string or an array of blocks");
        }
        return FieldFault.first(content, MessagesRequestRules::block);
    }

    private static Optional<FieldFault> block(JsonNode block) {
        if (!block.path("type").isTextual()) {
            return FieldFault.of(".type", "must be given, as a string");
        }
        return Fields.is(block.path("type"), "text") && !block.path("text").isTextual()
                ? FieldFault.of(".text", "must be given, as a string")
                : Optional.empty();
    }
}
