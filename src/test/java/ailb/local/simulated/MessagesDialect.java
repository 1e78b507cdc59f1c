package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Anthropic's messages. */
final class MessagesDialect implements Dialect {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    @Override
    public Optional<Fault> fault(JsonNode body) {
        return MessagesFaults.of(body);
    }

    @Override
    public Call call(String id, String name, String model, JsonNode body) {
        Asked asked = asked(body);
        Said said = asked.said(name);
        return Call.of(id, model, asked.characters(), asked.maxTokens(),
                Thought.isWanted(body) ? said.after(Thought.TEXT) : said);
    }

    static Asked asked(JsonNode body) {
        JsonNode messages = body.path("messages");
        JsonNode last = messages.path(messages.size() - 1).path("content");
        JsonNode format = body.path("output_config").path("format");
        return new Asked(
                Prompt.characters(body.path("system"), messages, body.path("tools"), format),
                body.has("max_tokens") ? OptionalLong.of(body.path("max_tokens").longValue()) : OptionalLong.empty(),
                Prompt.words(last),
                Prompt.images(messages),
                tools(body),
                Checks.parts(last, "tool_result").map(result -> Prompt.words(result.path("content"))).toList(),
                format.has("schema") ? Optional.of(format.path("schema")) : Optional.empty());
    }

    private static List<Tool> tools(JsonNode body) {
        JsonNode choice = body.path("tool_choice");
        return body.path("tools")
                .valueStream()
                .filter(_ -> !choice.path("type").asText().equals("none"))
                .filter(tool -> !choice.has("name") || tool.path("name").equals(choice.path("name")))
                .limit(choice.path("disable_parallel_tool_use").asBoolean() ? 1 : body.path("tools").size())
                .map(tool -> new Tool(tool.path("name").textValue(), tool.path("input_schema")))
                .toList();
    }

    @Override
    public ObjectNode answer(Call call, JsonNode body, Instant now) {
        ObjectNode message = NODES.objectNode()
                .put("id", "msg_" + call.id())
                .put("type", "message")
                .put("role", "assistant")
                .put("model", call.model());
        message.set("content", content(call));
        message.put("stop_reason", stopReason(call)).putNull("stop_sequence");
        message.putObject("usage")
                .put("input_tokens", call.inputTokens())
                .put("cache_creation_input_tokens", 0)
                .put("cache_read_input_tokens", 0)
                .put("output_tokens", call.outputTokens())
                .put("service_tier", "standard");
        return message;
    }

    private static ArrayNode content(Call call) {
        ArrayNode content = NODES.arrayNode();
        Said said = call.said();
        if (!said.thoughts().isEmpty()) {
            content.addObject()
                    .put("type", "thinking")
                    .put("thinking", said.thoughts())
                    .put("signature", Thought.signature(said.thoughts()));
        }
        if (!said.text().isEmpty()) {
            content.addObject().put("type", "text").put("text", said.text());
        }
        for (int i = 0; i < said.toolCalls().size(); i++) {
            content.addObject()
                    .put("type", "tool_use")
                    .put("id", "toolu_" + call.id() + "-" + i)
                    .put("name", said.toolCalls().get(i).name())
                    .set("input", said.toolCalls().get(i).arguments());
        }
        return content;
    }

    private static String stopReason(Call call) {
        if (call.isCut()) {
            return "max_tokens";
        }
        return call.said().toolCalls().isEmpty() ? "end_turn" : "tool_use";
    }

    @Override
    public List<String> events(Call call, JsonNode body, Instant now) {
        return new MessagesEvents().of(answer(call, body, now));
    }
}
