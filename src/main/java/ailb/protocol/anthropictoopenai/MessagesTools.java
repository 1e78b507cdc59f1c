package ailb.protocol.anthropictoopenai;

import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import ailb.protocol.translate.JsonSchema;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;
import java.util.Set;

/** Translates {@code tools} and {@code tool_choice}. */
final class MessagesTools {

    private MessagesTools() {}

    /** The path of the first part of {@code tools} that has no equivalent. */
    static Optional<String> fault(JsonNode tools) {
        return tools.isArray()
                ? Fields.firstFault(tools, MessagesTools::toolFault).map(field -> "tools" + field)
                : Optional.of("tools");
    }

    /** Tools of other types run at Anthropic. */
    private static Optional<String> toolFault(JsonNode tool) {
        JsonNode type = tool.path("type");
        return Fields.unless(Json.isAbsent(type) || Fields.is(type, "custom"), "type")
                .or(() -> Fields.firstOther(
                        tool,
                        Set.of(
                                "type", "name", "description", "input_schema", "strict", "cache_control",
                                "eager_input_streaming"))) // as OpenAI streams arguments anyway
                .or(() -> Fields.unless(tool.path("name").isTextual(), "name"))
                .or(() -> Fields.unless(Fields.isTextOrAbsent(tool.path("description")), "description"))
                .or(() -> Fields.unless(tool.path("input_schema").isObject(), "input_schema"))
                .or(() -> Fields.unless(Fields.isBooleanOrAbsent(tool.path("strict")), "strict"));
    }

    /** The path of the part of {@code tool_choice} that has no equivalent. */
    static Optional<String> choiceFault(JsonNode choice) {
        boolean isNamed = Fields.is(choice.path("type"), "tool");
        Set<String> types = Set.of("auto", "any", "tool", "none");
        return Fields.unless(types.contains(choice.path("type").asText()), "type")
                .or(() -> Fields.firstOther(
                        choice,
                        isNamed
                                ? Set.of("type", "name", "disable_parallel_tool_use")
                                : Set.of("type", "disable_parallel_tool_use")))
                .or(() -> Fields.unless(!isNamed || choice.path("name").isTextual(), "name"))
                .or(() -> Fields.unless(
                        Fields.isBooleanOrAbsent(choice.path("disable_parallel_tool_use")),
                        "disable_parallel_tool_use"))
                .map(field -> "tool_choice." + field);
    }

    static boolean given(ObjectNode root) {
        return !root.path("tools").isEmpty();
    }

    /** Whether the model must call a tool. */
    static boolean forced(ObjectNode root) {
        JsonNode type = root.path("tool_choice").path("type");
        return Fields.is(type, "any") || Fields.is(type, "tool");
    }

    static void put(ObjectNode root, ObjectNode body) {
        if (!given(root)) {
            return;
        }
        ArrayNode tools = body.putArray("tools");
        root.path("tools").forEach(tool -> tools.add(tool(tool)));
        JsonNode choice = root.path("tool_choice");
        if (choice.isObject()) {
            body.set("tool_choice", choice(choice));
        }
        if (choice.path("disable_parallel_tool_use").booleanValue()) {
            body.put("parallel_tool_calls", false);
        }
    }

    private static ObjectNode tool(JsonNode tool) {
        ObjectNode function = Json.object();
        function.set("name", tool.path("name"));
        if (tool.path("description").isTextual()) {
            function.set("description", tool.path("description"));
        }
        function.set("parameters", tool.path("input_schema"));
        if (tool.path("strict").booleanValue() && JsonSchema.isStrict(tool.path("input_schema"))) {
            function.put("strict", true);
        }
        return Json.object().put("type", "function").set("function", function);
    }

    private static JsonNode choice(JsonNode choice) {
        if (Fields.is(choice.path("type"), "tool")) {
            ObjectNode named = Json.object().put("type", "function");
            named.putObject("function").set("name", choice.path("name"));
            return named;
        }
        return Fields.is(choice.path("type"), "any") ? TextNode.valueOf("required") : choice.path("type");
    }
}
