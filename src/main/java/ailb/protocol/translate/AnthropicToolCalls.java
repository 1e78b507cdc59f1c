package ailb.protocol.translate;

import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/** Calls of functions: OpenAI's {@code tool_calls}, with arguments in a string, and {@code tool_use} blocks. */
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
        // The index is left by clients that put a stream together, and says what the order says.
        return Fields.firstOther(call, Set.of("id", "type", "function", "index"))
                .or(() -> isId(call.path("id")) ? Optional.empty() : Optional.of("id"))
                .or(() -> Fields.firstOther(function, Set.of("name", "arguments")).map(field -> "function." + field))
                .or(() -> function.path("name").isTextual() ? Optional.empty() : Optional.of("function.name"))
                .or(() -> argumentsFault(function.path("arguments")).map(path -> "function.arguments" + path));
    }

    /** The path, within them, of what keeps arguments from being an input. */
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
     * An object as its text is written, of which no tree is made: many small values take far more memory than text. Some
     * clients send an object as it is, and some providers write nothing for a call without arguments.
     */
    private static JsonNode input(JsonNode arguments) {
        if (arguments.isObject()) {
            return arguments;
        }
        String text = arguments.asText("");
        return !isNothing(text) && Json.isObject(text) ? Json.raw(text) : Json.object();
    }

    /** Blank, or an empty object: a parser takes more memory than a whole request of such calls. */
    private static boolean isNothing(String arguments) {
        String text = arguments.strip();
        return text.isEmpty()
                || (text.startsWith("{") && text.endsWith("}") && text.substring(1, text.length() - 1).isBlank());
    }

    /** Whether they are an object, or text that is one; none is made. */
    private static boolean isInput(JsonNode arguments) {
        return arguments.isTextual()
                ? isNothing(arguments.textValue()) || Json.isObject(arguments.textValue())
                : arguments.isObject();
    }

    /**
     * True for a call of a provider's that can be told as a {@code tool_use} block.
     *
     * @param isCutOff whether its arguments may have no end: they are told as none then
     */
    public static boolean isToolUse(JsonNode call, boolean isCutOff) {
        JsonNode function = call.path("function");
        return call.path("id").isTextual()
                && function.path("name").isTextual()
                && (isCutOff || isInput(function.path("arguments")));
    }

    /** True for a {@code tool_use} block that can be told as a call. */
    public static boolean isCall(JsonNode block) {
        return block.path("id").isTextual() && block.path("name").isTextual() && block.path("input").isObject();
    }

    /** One {@code tool_use} block as a call. */
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
