package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** OpenAI's chat completions. */
final class ChatDialect implements Dialect {

    @Override
    public Optional<Fault> fault(JsonNode body) {
        return ChatFaults.of(body);
    }

    @Override
    public Call call(String id, String name, String model, JsonNode body) {
        Asked asked = asked(body);
        return Call.of(id, model, asked.characters(), asked.maxTokens(), asked.said(name));
    }

    private static Asked asked(JsonNode body) {
        JsonNode messages = body.path("messages");
        JsonNode format = body.path("response_format");
        JsonNode max = body.path(body.hasNonNull("max_completion_tokens") ? "max_completion_tokens" : "max_tokens");
        return new Asked(
                Prompt.characters(messages, body.path("tools"), format),
                max.isInt() ? OptionalLong.of(max.intValue()) : OptionalLong.empty(),
                Prompt.words(messages.path(messages.size() - 1).path("content")),
                Prompt.images(messages),
                tools(body),
                results(messages),
                format.has("json_schema")
                        ? Optional.of(format.path("json_schema").path("schema"))
                        : Optional.of(format).filter(wanted -> wanted.path("type").asText().equals("json_object")));
    }

    private static List<Tool> tools(JsonNode body) {
        return OpenAiTools.callable(
                body.path("tools").valueStream().map(tool -> tool.path("function")).toList(),
                body.path("tool_choice"),
                body.path("tool_choice").path("function"),
                body.path("parallel_tool_calls"));
    }

    /** Those at the end. */
    private static List<String> results(JsonNode messages) {
        List<String> results = new ArrayList<>();
        for (JsonNode message : messages) {
            if (message.path("role").asText().equals("tool")) {
                results.add(Prompt.words(message.path("content")));
            } else {
                results.clear();
            }
        }
        return results;
    }

    @Override
    public ObjectNode answer(Call call, JsonNode body, Instant now) {
        ObjectNode completion = head(call, "chat.completion", now);
        ObjectNode choice = completion.putArray("choices").addObject().put("index", 0);
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        if (call.said().toolCalls().isEmpty()) {
            message.put("content", call.said().text());
        } else {
            message.putNull("content");
            for (int i = 0; i < call.said().toolCalls().size(); i++) {
                Said.ToolCall tool = call.said().toolCalls().get(i);
                toolCall(message.withArray("tool_calls").addObject(), call, i)
                        .put("arguments", tool.arguments().toString());
            }
        }
        message.putNull("refusal").putArray("annotations");
        choice.putNull("logprobs").put("finish_reason", finishReason(call));
        return completion.set("usage", usage(call));
    }

    /** Without its arguments; returns the object to put them in. */
    private static ObjectNode toolCall(ObjectNode into, Call call, int index) {
        return into.put("id", OpenAiTools.callId(call, index))
                .put("type", "function")
                .putObject("function")
                .put("name", call.said().toolCalls().get(index).name());
    }

    @Override
    public List<String> events(Call call, JsonNode body, Instant now) {
        boolean showsUsage = body.path("stream_options").path("include_usage").asBoolean();
        List<ObjectNode> deltas = new ArrayList<>();
        deltas.add(delta().put("role", "assistant").put("content", ""));
        StreamedAnswer.words(call.said().text()).forEach(word -> deltas.add(delta().put("content", word)));
        for (int i = 0; i < call.said().toolCalls().size(); i++) {
            ObjectNode first = delta();
            toolCall(first.putArray("tool_calls").addObject().put("index", i), call, i).put("arguments", "");
            deltas.add(first);
            String arguments = call.said().toolCalls().get(i).arguments().toString();
            for (String fragment : StreamedAnswer.fragments(arguments)) {
                ObjectNode next = delta();
                next.putArray("tool_calls")
                        .addObject()
                        .put("index", i)
                        .putObject("function")
                        .put("arguments", fragment);
                deltas.add(next);
            }
        }
        List<String> events = new ArrayList<>();
        deltas.forEach(delta -> events.add(event(chunk(call, now, delta, null, showsUsage))));
        events.add(event(chunk(call, now, delta(), finishReason(call), showsUsage)));
        if (showsUsage) {
            ObjectNode last = head(call, "chat.completion.chunk", now);
            last.putArray("choices");
            events.add(event(last.set("usage", usage(call))));
        }
        events.add("data: [DONE]\n\n");
        return events;
    }

    private static ObjectNode delta() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static ObjectNode chunk(Call call, Instant now, ObjectNode delta, String finishReason, boolean showsUsage) {
        ObjectNode chunk = head(call, "chat.completion.chunk", now);
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.<ObjectNode>set("delta", delta).putNull("logprobs").put("finish_reason", finishReason);
        return showsUsage ? chunk.putNull("usage") : chunk;
    }

    private static ObjectNode head(Call call, String object, Instant now) {
        return JsonNodeFactory.instance.objectNode()
                .put("id", "chatcmpl-" + call.id())
                .put("object", object)
                .put("created", now.getEpochSecond())
                .put("model", call.model());
    }

    private static String finishReason(Call call) {
        if (call.isCut()) {
            return "length";
        }
        return call.said().toolCalls().isEmpty() ? "stop" : "tool_calls";
    }

    private static ObjectNode usage(Call call) {
        ObjectNode usage = JsonNodeFactory.instance.objectNode()
                .put("prompt_tokens", call.inputTokens())
                .put("completion_tokens", call.outputTokens())
                .put("total_tokens", call.inputTokens() + call.outputTokens());
        usage.putObject("prompt_tokens_details").put("cached_tokens", 0).put("audio_tokens", 0);
        usage.putObject("completion_tokens_details").put("reasoning_tokens", 0).put("audio_tokens", 0);
        return usage;
    }

    private static String event(JsonNode chunk) {
        return "data: " + chunk + "\n\n";
    }
}
