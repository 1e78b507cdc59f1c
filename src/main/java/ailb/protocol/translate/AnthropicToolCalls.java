package ailb.protocol.translate;

import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/**
 * Translates tool calls: OpenAI's {@code tool_calls}, with arguments in a string, and Anthropic's {@code tool_use}
 * blocks.
 */
public final class AnthropicToolCalls {

    private AnthropicToolCalls() {}

    /** The path, within the message, of the first part of its {@code tool_calls} that has no equivalent. */
    public static Optional<String> fault(JsonNode calls) {
        if (!calls.isArray()) {
            return Json.isAbsent(calls) ? Optional.empty() : Optional.of("tool_calls");
        }
        return Fields.firstFault(calls, AnthropicToolCalls::callFault).map(field -> "tool_calls" + field);
    }

    public static boolean isId(JsonNode id) {
        return id.isTextual() && ToolCallIds.fitsAnthropic(id.textValue());
    }

    private static Optional<String> callFault(JsonNode call) {
        JsonNode type = call.path("type");
        JsonNode function = call.path("function");
        if (!Json.isAbsent(type) && !Fields.is(type, "function")) {
            return Optional.of("type");
        }
        // Clients that assemble a stream leave the index. It repeats the order and can be ignored.
        return Fields.firstOther(call, Set.of("id", "type", "function", "index"))
                .or(() -> isId(call.path("id")) ? Optional.empty() : Optional.of("id"))
                .or(() -> Fields.firstOther(function, Set.of("name", "arguments")).map(field -> "function." + field))
                .or(() -> function.path("name").isTextual() ? Optional.empty() : Optional.of("function.name"))
                .or(() -> argumentsFault(function.path("arguments")).map(path -> "function.arguments" + path));
    }

    /** The path, within the arguments, of what cannot be an {@code input}. */
    private static Optional<String> argumentsFault(JsonNode arguments) {
        if (!arguments.isTextual()) {
            return Fields.unless(arguments.isObject(), "");
        }
        return isNothing(arguments.textValue())
                ? Optional.empty()
                : Json.objectFault(arguments.textValue());
    }

    public static void addBlocks(JsonNode calls, ArrayNode content) {
        for (JsonNode call : calls) {
            ObjectNode block = Json.object().put("type", "tool_use");
            block.put("id", ToolCallIds.forAnthropic(call.path("id").textValue()));
            block.set("name", call.path("function").path("name"));
            block.set("input", input(call.path("function").path("arguments")));
            content.add(block);
        }
    }

    /**
     * The arguments as an object, written as their text: a tree of many small values would take far more memory. Some
     * clients send an object instead of a string, and some providers send nothing for a call without arguments.
     */
    private static JsonNode input(JsonNode arguments) {
        if (arguments.isObject()) {
            return arguments;
        }
        String text = arguments.asText("");
        return !isNothing(text) && Json.isObject(text) ? Json.raw(text) : Json.object();
    }

    /**
     * Whether the arguments are blank or an empty object. Checked without a parser, which takes more memory than many
     * such calls.
     */
    private static boolean isNothing(String arguments) {
        String text = arguments.strip();
        return text.isEmpty()
                || (text.startsWith("{") && text.endsWith("}") && text.substring(1, text.length() - 1).isBlank());
    }

    /** Whether the arguments are an object or the text of one. Builds no tree. */
    private static boolean isInput(JsonNode arguments) {
        return arguments.isTextual()
                ? isNothing(arguments.textValue()) || Json.isObject(arguments.textValue())
                : arguments.isObject();
    }

    /**
     * Whether a provider's tool call can become a {@code tool_use} block.
     *
     * @param isCutOff whether the arguments may be incomplete; then they become an empty object
     */
    public static boolean isToolUse(JsonNode call, boolean isCutOff) {
        JsonNode function = call.path("function");
        return call.path("id").isTextual()
                && function.path("name").isTextual()
                && (isCutOff || isInput(function.path("arguments")));
    }

    /** Whether a {@code tool_use} block can become a tool call. */
    public static boolean isCall(JsonNode block) {
        return block.path("id").isTextual() && block.path("name").isTextual() && block.path("input").isObject();
    }

    /** Translates a {@code tool_use} block to a tool call. */
    public static ObjectNode call(JsonNode block) {
        ObjectNode call = Json.object();
        call.set("id", block.path("id"));
        call.put("type", "function");
        ObjectNode function = Json.object();
        function.set("name", block.path("name"));
        JsonNode input = block.path("input");
        function.put("arguments", input.isEmpty() ? "{}" : Json.text(input));
        return call.set("function", function);
    }
}
