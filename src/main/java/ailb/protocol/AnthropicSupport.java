package ailb.protocol;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which chat requests can be put to Anthropic without losing anything. What is not listed here is refused by name, so a
 * field that OpenAI adds tomorrow is refused and not dropped. A null is as good as nothing everywhere.
 */
final class AnthropicSupport {

    private static final Predicate<JsonNode> EMPTY_ARRAY = is("[]");

    private static final Set<String> TRANSLATED = Set.of(
            "model", "messages", "max_tokens", "max_completion_tokens", "temperature", "top_p", "user");

    /** Left out, because the reply is the same without them. */
    private static final Set<String> HARMLESS = Set.of(
            "metadata", // labels of what is stored, and nothing is
            "parallel_tool_calls", // without tools there is nothing to call in parallel
            "prompt_cache_key"); // a hint for OpenAI's cache

    /** Served for some values only: mostly the default, said aloud, which is left out. */
    private static final Map<String, Predicate<JsonNode>> SERVED_VALUES = Map.ofEntries(
            entry("stream", is("false")),
            entry("n", is("1")),
            entry("logprobs", is("false")),
            entry("logit_bias", is("{}")),
            entry("frequency_penalty", AnthropicSupport::isZero),
            entry("presence_penalty", AnthropicSupport::isZero),
            entry("response_format", is("{\"type\":\"text\"}")),
            entry("modalities", is("[\"text\"]")),
            entry("service_tier", is("\"auto\"")),
            entry("store", is("false")),
            // Translated, but Anthropic refuses a stop sequence of white space only.
            entry("stop", stop -> AnthropicRequest.stopSequences(stop).stream().noneMatch(MessageText::isBlank)));

    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant");

    private AnthropicSupport() {}

    /** The path of the first field that has no equivalent, or empty. */
    static Optional<String> firstUnsupported(ObjectNode root) {
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (!field.getValue().isNull() && !isServed(field.getKey(), field.getValue())) {
                return Optional.of(field.getKey());
            }
        }
        JsonNode messages = root.path("messages");
        for (int i = 0; i < messages.size(); i++) {
            Optional<String> unsupported = inMessage(messages.get(i), "messages[" + i + "].");
            if (unsupported.isPresent()) {
                return unsupported;
            }
        }
        // Anthropic wants a user's turn first. One made up here would be words in the user's mouth.
        return AnthropicRequest.opensWithUser(messages) ? Optional.empty() : Optional.of("messages");
    }

    private static boolean isServed(String field, JsonNode value) {
        return TRANSLATED.contains(field)
                || HARMLESS.contains(field)
                || SERVED_VALUES.getOrDefault(field, _ -> false).test(value);
    }

    private static Optional<String> inMessage(JsonNode message, String path) {
        String role = message.path("role").textValue();
        if (!ROLES.contains(role)) {
            return Optional.of(path + "role");
        }
        for (Map.Entry<String, JsonNode> field : message.properties()) {
            if (!field.getValue().isNull() && !isServedInMessage(field.getKey(), field.getValue(), role)) {
                return Optional.of(path + field.getKey());
            }
        }
        return inParts(message.path("content"), role, path + "content");
    }

    private static boolean isServedInMessage(String field, JsonNode value, String role) {
        return switch (field) {
            case "role", "content" -> true;
            case "refusal" -> role.equals("assistant") && value.isTextual();
            // Clients send back an assistant's message as they got it, with its empty lists.
            case "tool_calls", "annotations" -> EMPTY_ARRAY.test(value);
            default -> false;
        };
    }

    private static Optional<String> inParts(JsonNode parts, String role, String path) {
        for (int i = 0; parts.isArray() && i < parts.size(); i++) {
            Optional<String> unsupported = inPart(parts.get(i), role);
            if (unsupported.isPresent()) {
                return Optional.of(path + "[" + i + "]." + unsupported.get());
            }
        }
        return Optional.empty();
    }

    /** A part holds its contents in a field that is named like its type: {@code image_url} names what is refused best. */
    private static Optional<String> inPart(JsonNode part, String role) {
        String type = part.path("type").textValue();
        boolean isText = type.equals("text") || (type.equals("refusal") && role.equals("assistant"));
        for (Map.Entry<String, JsonNode> field : part.properties()) {
            String name = field.getKey();
            boolean isServed = name.equals("type") || (isText && name.equals(type) && field.getValue().isTextual());
            if (!isServed && !field.getValue().isNull()) {
                return Optional.of(name);
            }
        }
        return isText ? Optional.empty() : Optional.of("type");
    }

    private static Predicate<JsonNode> is(String json) {
        return value -> value.toString().equals(json);
    }

    private static boolean isZero(JsonNode value) {
        return value.isNumber() && value.doubleValue() == 0;
    }
}
