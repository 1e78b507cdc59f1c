package ailb.protocol;

import ailb.protocol.error.FieldFault;
import ailb.protocol.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/**
 * Checks a chat request. Checks only what the balancer uses or what every provider would refuse; the provider checks
 * the rest.
 */
final class ChatRequestRules {

    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function");

    private ChatRequestRules() {}

    static Optional<FieldFault> firstFault(ObjectNode root) {
        return model(root.path("model"))
                .or(() -> messages(root.path("messages")))
                .or(() -> positiveInteger(root, "max_completion_tokens"))
                .or(() -> positiveInteger(root, "max_tokens"))
                .or(() -> positiveInteger(root, "n"))
                .or(() -> positiveInteger(root, "best_of"))
                .or(() -> numberUpTo(2, root, "temperature"))
                .or(() -> numberUpTo(1, root, "top_p"))
                .or(() -> stop(root.path("stop")))
                .or(() -> text(root, "user"))
                .or(() -> stream(root.path("stream")));
    }

    static Optional<FieldFault> model(JsonNode model) {
        return model.isTextual() && !model.textValue().isEmpty()
                ? Optional.empty()
                : FieldFault.of("model", "must be given, as a string");
    }

    private static Optional<FieldFault> messages(JsonNode messages) {
        if (!messages.isArray() || messages.isEmpty()) {
            return FieldFault.of("messages", "must be given, as an array with at least one message");
        }
        return FieldFault.first(messages, ChatRequestRules::message).map(fault -> fault.in("messages"));
    }

    private static Optional<FieldFault> message(JsonNode message) {
        if (!message.isObject()) {
            return FieldFault.of("", "must be an object");
        }
        JsonNode role = message.path("role");
        if (!role.isTextual() || !ROLES.contains(role.textValue())) {
            return FieldFault.of(".role", "must be one of system, developer, user, assistant, tool, function");
        }
        return content(message.path("content"), role.textValue()).map(fault -> fault.in(".content"));
    }

    private static Optional<FieldFault> content(JsonNode content, String role) {
        // An assistant's turn may consist of tool calls or a refusal only.
        if (content.isTextual() || (Json.isAbsent(content) && role.equals("assistant"))) {
            return Optional.empty();
        }
        if (!content.isArray()) {
            return FieldFault.of("", "must be a string or an array of parts");
        }
        return FieldFault.first(content, ChatRequestRules::part);
    }

    private static Optional<FieldFault> part(JsonNode part) {
        if (!part.isObject()) {
            return FieldFault.of("", "must be an object");
        }
        JsonNode type = part.path("type");
        if (!type.isTextual()) {
            return FieldFault.of(".type", "must be given, as a string");
        }
        return type.textValue().equals("text") && !part.path("text").isTextual()
                ? FieldFault.of(".text", "must be given, as a string")
                : Optional.empty();
    }

    static Optional<FieldFault> positiveInteger(ObjectNode root, String field) {
        JsonNode value = root.path(field);
        return Json.isAbsent(value) || (value.isIntegralNumber() && value.canConvertToInt() && value.intValue() > 0)
                ? Optional.empty()
                : FieldFault.of(field, "must be a positive integer");
    }

    private static Optional<FieldFault> numberUpTo(int highest, ObjectNode root, String field) {
        JsonNode value = root.path(field);
        return Json.isAbsent(value)
                || (value.isNumber() && value.doubleValue() >= 0 && value.doubleValue() <= highest)
                        ? Optional.empty()
                        : FieldFault.of(field, "must be a number from 0 to " + highest);
    }

    private static Optional<FieldFault> stop(JsonNode stop) {
        if (Json.isAbsent(stop) || stop.isTextual()) {
            return Optional.empty();
        }
        boolean allText = stop.valueStream().allMatch(JsonNode::isTextual);
        return stop.isArray() && allText ? Optional.empty()
                : FieldFault.of("stop", "must be a string or an array of strings");
    }

    private static Optional<FieldFault> text(ObjectNode root, String field) {
        JsonNode value = root.path(field);
        return Json.isAbsent(value) || value.isTextual() ? Optional.empty() : FieldFault.of(field, "must be a string");
    }

    static Optional<FieldFault> stream(JsonNode stream) {
        return Json.isAbsent(stream) || stream.isBoolean()
                ? Optional.empty()
                : FieldFault.of("stream", "must be true or false");
    }
}
