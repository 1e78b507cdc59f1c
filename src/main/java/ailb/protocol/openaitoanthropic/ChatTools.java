package ailb.protocol.openaitoanthropic;

import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import ailb.protocol.translate.JsonSchema;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/** Translates {@code tools}, {@code tool_choice} and {@code parallel_tool_calls}. */
final class ChatTools {

    private ChatTools() {}

    /** The path of the first part of {@code tools} that has no equivalent. */
    static Optional<String> fault(JsonNode tools) {
        if (!tools.isArray()) {
            return Optional.of("tools");
        }
        return Fields.firstFault(tools, ChatTools::toolFault).map(field -> "tools" + field);
    }

    private static Optional<String> toolFault(JsonNode tool) {
        if (!Fields.is(tool.path("type"), "function")) {
            return Optional.of("type");
        }
        JsonNode function = tool.path("function");
        return Fields.firstOther(tool, Set.of("type", "function"))
                .or(() -> function.isObject() ? Optional.empty() : Optional.of("function"))
                .or(() -> functionFault(function).map(field -> "function." + field));
    }

    private static Optional<String> functionFault(JsonNode function) {
        JsonNode parameters = function.path("parameters");
        return Fields.firstOther(function, Set.of("name", "description", "parameters", "strict"))
                .or(() -> function.path("name").isTextual() ? Optional.empty() : Optional.of("name"))
                .or(() -> Fields.isTextOrAbsent(function.path("description"))
                        ? Optional.empty()
                        : Optional.of("description"))
                .or(() -> parameters.isObject() || Json.isAbsent(parameters)
                        ? Optional.empty()
                        : Optional.of("parameters"))
                .or(() -> Fields.isBooleanOrAbsent(function.path("strict"))
                        ? Optional.empty()
                        : Optional.of("strict"))
                .or(() -> isStrict(function)
                        ? JsonSchema.faultAtAnthropic(parameters).map(path -> "parameters" + path)
                        : Optional.empty());
    }

    /** The path of the part of {@code tool_choice} that has no equivalent. */
    static Optional<String> choiceFault(JsonNode choice) {
        if (choice.isTextual()) {
            return Set.of("none", "auto", "required").contains(choice.textValue())
                    ? Optional.empty()
                    : Optional.of("tool_choice");
        }
        if (!Fields.is(choice.path("type"), "function")) {
            return Optional.of("tool_choice");
        }
        return Fields.firstOther(choice, Set.of("type", "function"))
                .or(() -> Fields.firstOther(choice.path("function"), Set.of("name"))
                        .map(field -> "function." + field))
                .or(() -> choice.path("function").path("name").isTextual()
                        ? Optional.empty()
                        : Optional.of("function.name"))
                .map(field -> "tool_choice." + field);
    }

    static boolean given(ObjectNode root) {
        return !root.path("tools").isEmpty();
    }

    /** Whether the model must call a tool. */
    static boolean forced(ObjectNode root) {
        JsonNode choice = root.path("tool_choice");
        return Fields.is(choice, "required") || choice.isObject();
    }

    static void put(ObjectNode root, ObjectNode body) {
        if (!given(root)) {
            return;
        }
        ArrayNode tools = body.putArray("tools");
        root.path("tools").forEach(tool -> tools.add(tool(tool.path("function"))));
        boolean single = root.path("parallel_tool_calls").isBoolean()
                && !root.path("parallel_tool_calls").booleanValue();
        if (single || !Json.isAbsent(root.path("tool_choice"))) {
            ObjectNode choice = choice(root.path("tool_choice"));
            if (single && !Fields.is(choice.path("type"), "none")) {
                choice.put("disable_parallel_tool_use", true);
            }
            body.set("tool_choice", choice);
        }
    }

    private static ObjectNode tool(JsonNode function) {
        ObjectNode tool = Json.object();
        tool.set("name", function.path("name"));
        if (function.path("description").isTextual()) {
            tool.set("description", function.path("description"));
        }
        ObjectNode schema = schema(function.path("parameters"));
        tool.set("input_schema", isStrict(function) ? JsonSchema.closed(schema) : schema);
        if (isStrict(function)) {
            tool.put("strict", true);
        }
        return tool;
    }

    private static boolean isStrict(JsonNode function) {
        return function.path("strict").booleanValue();
    }

    /**
     * A function's parameters; an empty object where none are given. Anthropic requires the type, which is optional at
     * OpenAI.
     */
    private static ObjectNode schema(JsonNode parameters) {
        ObjectNode schema = Json.object().put("type", "object");
        if (parameters instanceof ObjectNode given && !given.isEmpty()) {
            schema.setAll(given);
        } else {
            schema.putObject("properties");
        }
        return schema;
    }

    private static ObjectNode choice(JsonNode choice) {
        if (choice.isObject()) {
            ObjectNode named = Json.object().put("type", "tool");
            named.set("name", choice.path("function").path("name"));
            return named;
        }
        String type = choice.isTextual() ? choice.textValue() : "auto";
        return Json.object().put("type", type.equals("required") ? "any" : type);
    }
}
