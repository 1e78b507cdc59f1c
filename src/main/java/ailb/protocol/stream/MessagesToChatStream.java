package ailb.protocol.stream;

import ailb.pool.Provider;
import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import ailb.protocol.json.ServerSentEvents;
import ailb.protocol.translate.StopReasons;
import ailb.protocol.translate.ThinkingBlocks;
import ailb.protocol.wire.Remaining;
import ailb.protocol.wire.Usage;
import ailb.protocol.wire.UsageJson;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Translates Anthropic's message stream to OpenAI's chat chunks (ADR 13).
 *
 * <p>All thinking blocks are sent in one chunk before the end. A client that assembles a stream keeps the last array or
 * concatenates all; either way it must be able to send the blocks back.
 */
public final class MessagesToChatStream extends MessageEvents {

    private final boolean showsUsage;
    private final String askedModel;
    private final Instant now;
    private final StringBuilder out = new StringBuilder();
    private final ArrayNode thinking = Json.array();
    private final StringBuilder thought = new StringBuilder();
    private final StringBuilder signature = new StringBuilder();
    private String id = "";
    private String model = "";
    private JsonNode block = Json.object();
    private long blockIndex = -1;
    private int calls;
    private boolean hasArguments;
    private boolean isFinished;

    /**
     * @param showsUsage whether the caller asked for the usage
     * @param askedModel the model name to use where the message has none
     * @param now the creation time in the chunks
     */
    public MessagesToChatStream(boolean showsUsage, String askedModel, List<Remaining> remaining, Instant now) {
        super(Provider.OPENAI, remaining);
        this.showsUsage = showsUsage;
        this.askedModel = askedModel;
        this.now = now;
    }

    @Override
    Step told(ServerSentEvents.Event event, String type, JsonNode data) {
        Optional<String> fault = switch (type) {
            case "message_start" -> start(data.path("message"));
            case "content_block_start" -> open(data);
            case "content_block_delta" -> inBlock(data, () -> grow(data.path("delta")));
            case "content_block_stop" -> inBlock(data, this::close);
            case "message_delta" -> finish(data.path("delta").path("stop_reason"));
            case "message_stop" -> stop();
            default -> Optional.empty(); // pings and unknown events
        };
        byte[] events = StreamEvents.bytes(out.toString());
        out.setLength(0);
        if (fault.isPresent()) {
            return broken(fault.get());
        }
        return type.equals("message_stop") ? new Complete(events) : more(events);
    }

    private Optional<String> start(JsonNode message) {
        if (!id.isEmpty()) {
            return Optional.of("a second message_start");
        }
        id = "chatcmpl-" + message.path("id").asText(Long.toString(now.toEpochMilli()));
        model = message.path("model").asText(askedModel);
        writeChunk(Json.object().put("role", "assistant").put("content", ""), null);
        return Optional.empty();
    }

    private Optional<String> open(JsonNode data) {
        block = data.path("content_block");
        blockIndex = Json.count(data.path("index"));
        if (isOf("text")) {
            write("content", block.path("text"));
        } else if (isOf("tool_use")) {
            return call();
        } else if (isOf("thinking")) {
            thought.setLength(0);
            signature.setLength(0);
            think(block.path("thinking"));
            sign(block.path("signature"));
        } else if (ThinkingBlocks.isBlock(block)) {
            thinking.add(block);
        }
        return Optional.empty();
    }

    private Optional<String> call() {
        if (!block.path("id").isTextual() || !block.path("name").isTextual()) {
            return Optional.of("a call without an id or a name");
        }
        hasArguments = false;
        ObjectNode call = Json.object().put("index", calls);
        call.set("id", block.path("id"));
        call.put("type", "function");
        call.putObject("function").put("arguments", "").set("name", block.path("name"));
        calls++;
        write(ofCall(call));
        return Optional.empty();
    }

    private Optional<String> inBlock(JsonNode data, Runnable move) {
        if (Json.count(data.path("index")) != blockIndex) {
            return Optional.of("an event of a block that is not open");
        }
        move.run();
        return Optional.empty();
    }

    private void grow(JsonNode delta) {
        if (isOf("text")) {
            write("content", delta.path("text"));
        } else if (isOf("tool_use")) {
            argue(delta.path("partial_json"));
        } else if (isOf("thinking")) {
            think(delta.path("thinking"));
            sign(delta.path("signature"));
        }
    }

    private void argue(JsonNode fragment) {
        if (isGiven(fragment)) {
            hasArguments = true;
            ObjectNode call = Json.object().put("index", calls - 1);
            call.putObject("function").set("arguments", fragment);
            write(ofCall(call));
        }
    }

    private void think(JsonNode fragment) {
        if (isGiven(fragment)) {
            thought.append(fragment.textValue());
            write("reasoning_content", fragment);
        }
    }

    private void sign(JsonNode fragment) {
        if (isGiven(fragment)) {
            signature.append(fragment.textValue());
        }
    }

    /** Writes an empty object for a call without arguments, and the arguments of a block that arrived whole. */
    private void close() {
        if (isOf("tool_use") && !hasArguments) {
            argue(TextNode.valueOf(block.path("input").isObject() ? Json.text(block.path("input")) : "{}"));
        } else if (isOf("thinking")) {
            thinking.addObject()
                    .put("type", "thinking")
                    .put("thinking", thought.toString())
                    .put("signature", signature.toString());
        }
        blockIndex = -1;
    }

    private Optional<String> finish(JsonNode stopReason) {
        if (stopReason.isTextual() && !isFinished) {
            isFinished = true;
            if (!thinking.isEmpty()) {
                write(Json.object().set("thinking_blocks", thinking));
            }
            writeChunk(Json.object(), StopReasons.toOpenAi(stopReason.textValue()));
        }
        return Optional.empty();
    }

    private Optional<String> stop() {
        if (!isFinished) {
            return Optional.of("a message without a stop_reason");
        }
        Usage usage = UsageJson.ofAnthropic(counts());
        if (showsUsage && usage != null) {
            ObjectNode chunk = chunk();
            chunk.putArray("choices");
            chunk.set("usage", UsageJson.toOpenAi(usage, counts()));
            out.append(StreamEvents.chat(chunk));
        }
        out.append(StreamEvents.DONE);
        return Optional.empty();
    }

    private boolean isOf(String type) {
        return Fields.is(block.path("type"), type);
    }

    private static boolean isGiven(JsonNode fragment) {
        return fragment.isTextual() && !fragment.textValue().isEmpty();
    }

    private static ObjectNode ofCall(ObjectNode call) {
        ObjectNode delta = Json.object();
        delta.putArray("tool_calls").add(call);
        return delta;
    }

    private void write(String field, JsonNode fragment) {
        if (isGiven(fragment)) {
            write(Json.object().set(field, fragment));
        }
    }

    private void write(ObjectNode delta) {
        begin();
        writeChunk(delta, null);
    }

    private void writeChunk(ObjectNode delta, @Nullable String finishReason) {
        ObjectNode chunk = chunk();
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.putNull("logprobs").put("finish_reason", finishReason);
        if (showsUsage) {
            chunk.putNull("usage");
        }
        out.append(StreamEvents.chat(chunk));
    }

    private ObjectNode chunk() {
        return Json.object()
                .put("id", id)
                .put("object", "chat.completion.chunk")
                .put("created", now.getEpochSecond())
                .put("model", model);
    }
}
