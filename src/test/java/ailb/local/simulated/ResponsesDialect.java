package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** OpenAI's responses. They are stored, unless the caller says not to, and later ones can refer to them. */
final class ResponsesDialect implements Dialect {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final StoredItems stored = new StoredItems();

    @Override
    public Optional<Fault> fault(JsonNode body) {
        return stored.fault(body).or(() -> ResponsesFaults.of(body, stored.conversation(body)));
    }

    @Override
    public Call call(String id, String name, String model, JsonNode body) {
        Asked asked = asked(body);
        return Call.of(id, model, asked.characters(), asked.maxTokens(), asked.said(name));
    }

    private Asked asked(JsonNode body) {
        ArrayNode conversation = stored.conversation(body);
        JsonNode format = body.path("text").path("format");
        JsonNode max = body.path("max_output_tokens");
        return new Asked(
                Prompt.characters(conversation, body.path("instructions"), body.path("tools"), format),
                max.isInt() ? OptionalLong.of(max.intValue()) : OptionalLong.empty(),
                Prompt.words(conversation.path(conversation.size() - 1).path("content")),
                Prompt.images(conversation),
                OpenAiTools.callable(
                        body.path("tools").valueStream().toList(),
                        body.path("tool_choice"),
                        body.path("tool_choice"),
                        body.path("parallel_tool_calls")),
                results(conversation),
                format.has("schema")
                        ? Optional.of(format.path("schema"))
                        : Optional.of(format).filter(wanted -> wanted.path("type").asText().equals("json_object")));
    }

    /** Those at the end. */
    private static List<String> results(JsonNode conversation) {
        List<String> results = new ArrayList<>();
        for (JsonNode item : conversation) {
            if (item.path("type").asText().equals("function_call_output")) {
                results.add(Prompt.words(item.path("output")));
            } else {
                results.clear();
            }
        }
        return results;
    }

    @Override
    public ObjectNode answer(Call call, JsonNode body, Instant now) {
        ArrayNode output = output(call);
        if (body.path("store").asBoolean(true)) {
            stored.put("resp_" + call.id(), stored.conversation(body), output);
        }
        ObjectNode response = response(call, body, call.isCut() ? "incomplete" : "completed", now);
        if (call.isCut()) {
            response.putObject("incomplete_details").put("reason", "max_output_tokens");
        }
        response.set("output", output);
        ObjectNode usage = response.putObject("usage")
                .put("input_tokens", call.inputTokens())
                .put("output_tokens", call.outputTokens())
                .put("total_tokens", call.inputTokens() + call.outputTokens());
        usage.putObject("input_tokens_details").put("cached_tokens", 0);
        usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
        return response;
    }

    @Override
    public List<String> events(Call call, JsonNode body, Instant now) {
        ObjectNode started = response(call, body, "in_progress", now);
        return new ResponsesEvents().of(started, answer(call, body, now));
    }

    /** A response without its outcome. */
    private static ObjectNode response(Call call, JsonNode body, String status, Instant now) {
        ObjectNode response = NODES.objectNode()
                .put("id", "resp_" + call.id())
                .put("object", "response")
                .put("created_at", now.getEpochSecond())
                .put("status", status)
                .put("background", false)
                .putNull("error")
                .putNull("incomplete_details");
        response.set("instructions", given(body, "instructions", NODES.nullNode()));
        response.set("max_output_tokens", given(body, "max_output_tokens", NODES.nullNode()));
        response.put("model", call.model()).putArray("output");
        response.put("parallel_tool_calls", body.path("parallel_tool_calls").asBoolean(true));
        response.set("previous_response_id", given(body, "previous_response_id", NODES.nullNode()));
        response.putObject("reasoning").putNull("effort").putNull("summary");
        response.put("store", body.path("store").asBoolean(true)).put("temperature", 1.0);
        ObjectNode text = NODES.objectNode();
        text.putObject("format").put("type", "text");
        response.set("text", given(body, "text", text));
        response.set("tool_choice", given(body, "tool_choice", NODES.textNode("auto")));
        response.set("tools", given(body, "tools", NODES.arrayNode()));
        response.put("top_p", 1.0).put("truncation", "disabled").putNull("usage").putNull("user").putObject("metadata");
        return response;
    }

    private static JsonNode given(JsonNode body, String field, JsonNode otherwise) {
        return body.hasNonNull(field) ? body.path(field) : otherwise;
    }

    private static ArrayNode output(Call call) {
        ArrayNode output = NODES.arrayNode();
        String status = call.isCut() ? "incomplete" : "completed";
        for (int i = 0; i < call.said().toolCalls().size(); i++) {
            Said.ToolCall tool = call.said().toolCalls().get(i);
            output.addObject()
                    .put("id", "fc_" + call.id() + "-" + i)
                    .put("type", "function_call")
                    .put("status", status)
                    .put("arguments", tool.arguments().toString())
                    .put("call_id", OpenAiTools.callId(call, i))
                    .put("name", tool.name());
        }
        if (output.isEmpty()) {
            ObjectNode message = output.addObject()
                    .put("id", "msg_" + call.id())
                    .put("type", "message")
                    .put("status", status);
            ObjectNode part = message.putArray("content").addObject().put("type", "output_text");
            part.putArray("annotations");
            part.putArray("logprobs");
            part.put("text", call.said().text());
            message.put("role", "assistant");
        }
        return output;
    }
}
