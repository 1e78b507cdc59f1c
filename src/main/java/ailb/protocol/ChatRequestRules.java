package ailb.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/**
 * What a chat request must look like. Looks only at what the balancer uses or what any provider would refuse; the rest
 * is the provider's to judge.
 */
final class ChatRequestRules {

    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function");

    private ChatRequestRules() {}

    static Optional<ApiError> firstFault(ObjectNode root) {
        return model(root.path("model"))
                .or(() -> messages(root.path("messages")))
                .or(() -> positiveInteger(root, "max_completion_tokens"))
                .or(() -> positiveInteger(root, "max_tokens"))
                .or(() -> positiveInteger(root, "n"))
                .or(() -> numberUpTo(2, root, "temperature"))
                .or(() -> numberUpTo(1, root, "top_p"))
                .or(() -> stop(root.path("stop")))
                .or(() -> text(root, "user"))
                .or(() -> stream(root.path("stream")));
    }

    static Optional<ApiError> model(JsonNode model) {
        return model.isTextual() && !model.textValue().isEmpty()
                ? Optional.empty()
                : fault("model", "must be given, as a string");
    }

    private static Optional<ApiError> messages(JsonNode messages) {
        if (!messages.isArray() || messages.isEmpty()) {
            return fault("messages", "must be given, as an array with at least one message");
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
            return fault(path, "must be an object");
        }
        JsonNode role = message.path("role");
        if (!role.isTextual() || !ROLES.contains(role.textValue())) {
            return fault(path + ".role", "must be one of system, developer, user, assistant, tool, function");
        }
        return content(message.path("content"), role.textValue(), path + ".content");
    }

    private static Optional<ApiError> content(JsonNode content, String role, String path) {
        // An assistant's turn may be nothing but tool calls or a refusal.
        if (content.isTextual() || (Json.isAbsent(content) && role.equals("assistant"))) {
            return Optional.empty();
        }
        if (!content.isArray()) {
            return fault(path, "must be a string or an array of parts");
        }
        for (int i = 0; i < content.size(); i++) {
            Optional<ApiError> fault = part(content.get(i), path + "[" + i + "]");
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static Optional<ApiError> part(JsonNode part, String path) {
        if (!part.isObject()) {
            return fault(path, "must be an object");
        }
        JsonNode type = part.path("type");
        if (!type.isTextual()) {
            return fault(path + ".type", "must be given, as a string");
        }
        return type.textValue().equals("text") && !part.path("text").isTextual()
                ? fault(path + ".text", "must be given, as a string")
                : Optional.empty();
    }

    static Optional<ApiError> positiveInteger(ObjectNode root, String field) {
        JsonNode value = root.path(field);
        return Json.isAbsent(value) || (value.isIntegralNumber() && value.canConvertToInt() && value.intValue() > 0)
                ? Optional.empty()
                : fault(field, "must be a positive integer");
    }

    private static Optional<ApiError> numberUpTo(int highest, ObjectNode root, String field) {
        JsonNode value = root.path(field);
        return Json.isAbsent(value)
                || (value.isNumber() && value.doubleValue() >= 0 && value.doubleValue() <= highest)
                        ? Optional.empty()
                        : fault(field, "must be a number from 0 to " + highest);
    }

    private static Optional<ApiError> stop(JsonNode stop) {
        if (Json.isAbsent(stop) || stop.isTextual()) {
            return Optional.empty();
        }
        boolean allText = stop.valueStream().allMatch(JsonNode::isTextual);
        return stop.isArray() && allText ? Optional.empty() : fault("stop", "must be a string or an array of strings");
    }

    private static Optional<ApiError> text(ObjectNode root, String field) {
        JsonNode value = root.path(field);
        return Json.isAbsent(value) || value.isTextual() ? Optional.empty() : fault(field, "must be a string");
    }

    static Optional<ApiError> stream(JsonNode stream) {
        return Json.isAbsent(stream) || stream.isBoolean()
                ? Optional.empty()
                : fault("stream", "must be true or false");
    }

    static Optional<ApiError> fault(String path, String rule) {
        return Optional.of(ApiError.invalidRequest("'" + path + "' " + rule + ".", path));
    }
}
