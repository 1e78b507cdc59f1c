package ailb.protocol.stream;

import ailb.pool.Provider;
import ailb.protocol.json.Json;
import ailb.protocol.json.ServerSentEvents;
import ailb.protocol.translate.StopReasons;
import ailb.protocol.wire.Remaining;
import ailb.protocol.wire.Usage;
import ailb.protocol.wire.UsageJson;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/**
 * Translates OpenAI's chat stream to Anthropic's message events (ADR 13); {@link MessageBlocks} puts the content in
 * order.
 *
 * <p>The usage is not known at the start, so {@code message_start} has zeros. The end has the full usage.
 */
public final class ChatToMessagesStream extends ChatEvents {

    private static final Usage UNTOLD = new Usage(0, 0, 0, 0);

    private final String askedModel;
    private final Instant now;
    private final StringBuilder out = new StringBuilder();
    private final MessageBlocks blocks;
    private boolean hasStarted;
    private boolean isRefusal;
    private String finishReason = "";

    /**
     * @param showsThoughts whether the caller asked for thoughts
     * @param askedModel the model name to use where the chunks have none
     * @param now wall time, to make an id where the chunks have none
     */
    public ChatToMessagesStream(boolean showsThoughts, String askedModel, List<Remaining> remaining, Instant now) {
        super(Provider.ANTHROPIC, remaining);
        this.askedModel = askedModel;
        this.now = now;
        this.blocks = new MessageBlocks(showsThoughts, out);
    }

    @Override
    Step chunk(ServerSentEvents.Event event, JsonNode chunk) {
        JsonNode choice = chunk.path("choices").path(0);
        if (choice.isMissingNode()) {
            return nothing();
        }
        start(chunk);
        int before = out.length();
        if (!blocks.add(choice.path("delta"))) {
            return broken("a call without an id or a name");
        }
        if (out.length() > before) {
            begin();
        }
        isRefusal |= !choice.path("delta").path("refusal").asText("").isEmpty();
        finishReason = choice.path("finish_reason").asText(finishReason);
        return more(written());
    }

    private void start(JsonNode chunk) {
        if (hasStarted) {
            return;
        }
        hasStarted = true;
        ObjectNode start = Json.object().put("type", "message_start");
        ObjectNode message = start.putObject("message")
                .put("id", "msg_" + named(chunk.path("id"), Long.toString(now.toEpochMilli())))
                .put("type", "message")
                .put("role", "assistant")
                .put("model", named(chunk.path("model"), askedModel));
        message.putArray("content");
        message.putNull("stop_reason").putNull("stop_sequence");
        message.set("usage", UsageJson.toAnthropic(UNTOLD));
        out.append(StreamEvents.named(start));
    }

    private static String named(JsonNode name, String otherwise) {
        return name.asText("").isEmpty() ? otherwise : name.asText();
    }

    @Override
    Step done(ServerSentEvents.Event event) {
        return hasFinished() || hasContent() ? finish() : broken("the stream ended before its content");
    }

    @Override
    Step ended() {
        return hasFinished() ? finish() : super.ended();
    }

    private Step finish() {
        // An answer that was cut off may have ended within the arguments of a call.
        boolean isCutOff = finishReason.equals("length") || finishReason.equals("content_filter");
        if (!blocks.close() && !isCutOff) {
            return broken("arguments of a call that are no JSON object");
        }
        ObjectNode delta = Json.object().put("type", "message_delta");
        delta.putObject("delta").put("stop_reason", stopReason()).putNull("stop_sequence");
        delta.set("usage", UsageJson.toAnthropic(usage().orElse(UNTOLD)));
        out.append(StreamEvents.named(delta));
        out.append(StreamEvents.named(Json.object().put("type", "message_stop")));
        return new Complete(written());
    }

    /** Some providers report a normal end although the caller must answer tool calls. */
    private String stopReason() {
        String reason = isRefusal ? "refusal" : StopReasons.toAnthropic(finishReason);
        return blocks.hasCalls() && reason.equals("end_turn") ? "tool_use" : reason;
    }

    private byte[] written() {
        byte[] events = StreamEvents.bytes(out.toString());
        out.setLength(0);
        return events;
    }
}
