package ailb.protocol.anthropictoopenai;

import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import ailb.protocol.translate.AnthropicToolCalls;
import ailb.protocol.translate.ToolCallIds;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/** Translates {@code tool_use} and {@code tool_result} blocks to OpenAI's calls and results. */
final class MessagesToolUse {

    /** OpenAI has no field for a failed call, so the result's text says so. */
    private static final String ERROR = "Error: ";

    private MessagesToolUse() {}

    /** The path, within a {@code tool_use} block, of what has no equivalent. */
    static Optional<String> fault(JsonNode block) {
        return Fields.firstOther(block, Set.of("type", "id", "name", "input", "caller", "cache_control"))
                .or(() -> Fields.unless(block.path("id").isTextual(), "id"))
                .or(() -> Fields.unless(block.path("name").isTextual(), "name"))
                .or(() -> Fields.unless(block.path("input").isObject(), "input"))
                .or(() -> Fields.unless(isModelsOwn(block.path("caller")), "caller"));
    }

    /** Whether the model itself made the call, and not code that the model wrote. */
    private static boolean isModelsOwn(JsonNode caller) {
        return Json.isAbsent(caller) || Fields.is(caller.path("type"), "direct");
    }

    /** The path, within a {@code tool_result} block, of what has no equivalent: OpenAI's results are text. */
    static Optional<String> resultFault(JsonNode block) {
        JsonNode content = block.path("content");
        return Fields.firstOther(block, Set.of("type", "tool_use_id", "content", "is_error", "cache_control"))
                .or(() -> Fields.unless(block.path("tool_use_id").isTextual(), "tool_use_id"))
                .or(() -> Fields.unless(Fields.isBooleanOrAbsent(block.path("is_error")), "is_error"))
                .or(() -> Fields.unless(content.isArray() || Fields.isTextOrAbsent(content), "content"))
                .or(() -> Fields.firstFault(content, MessagesTurns::textFault).map(field -> "content" + field));
    }

    /** A {@code tool_use} block as a call. */
    static ObjectNode call(JsonNode block) {
        return AnthropicToolCalls.call(block).put("id", ToolCallIds.asMade(block.path("id").textValue()));
    }

    /** A {@code tool_result} block as a message. */
    static ObjectNode message(JsonNode block) {
        ObjectNode message = Json.object().put("role", "tool");
        message.put("tool_call_id", ToolCallIds.asMade(block.path("tool_use_id").textValue()));
        String failed = block.path("is_error").booleanValue() ? ERROR : "";
        return message.put("content", failed + MessagesConversation.text(block.path("content")));
    }
}
