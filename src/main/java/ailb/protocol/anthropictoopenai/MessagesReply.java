package ailb.protocol.anthropictoopenai;

import ailb.protocol.json.Json;
import ailb.protocol.translate.AnthropicToolCalls;
import ailb.protocol.translate.MessageText;
import ailb.protocol.translate.StopReasons;
import ailb.protocol.wire.Usage;
import ailb.protocol.wire.UsageJson;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Translates a {@code chat.completion} to Anthropic's message. */
public final class MessagesReply {

    private static final Usage UNTOLD = new Usage(0, 0, 0, 0);

    private static final Set<String> CUT_OFF = Set.of("length", "content_filter");

    private MessagesReply() {}

    /** Whether a client can use the completion: it has a message, and every call has an id, a name and arguments. */
    public static boolean isAnswer(JsonNode completion) {
        JsonNode choice = completion.path("choices").path(0);
        JsonNode said = choice.path("message");
        // Incomplete arguments are accepted then: the caller's limit would cut off another endpoint's answer too.
        boolean isCutOff = CUT_OFF.contains(choice.path("finish_reason").asText());
        return said.isObject()
                && said.path("tool_calls")
                        .valueStream()
                        .allMatch(call -> AnthropicToolCalls.isToolUse(call, isCutOff));
    }

    /**
     * @param asked the request: gives the model name where the completion has none, and says whether thoughts are
     *     wanted
     * @param usage null where the provider gave none; then zeros are written, as Anthropic's clients require a usage
     */
    public static byte[] message(
            ObjectNode asked, JsonNode completion, @Nullable Usage usage, Instant now) {
        JsonNode choice = completion.path("choices").path(0);
        ObjectNode message = Json.object();
        message.put("id", "msg_" + completion.path("id").asText(Long.toString(now.toEpochMilli())));
        message.put("type", "message");
        message.put("role", MessagesTurns.ASSISTANT);
        message.put("model", completion.path("model").asText(asked.path("model").textValue()));
        message.set("content", content(choice.path("message"), MessagesThinking.isAdaptive(asked)));
        message.put("stop_reason", stopReason(choice));
        message.putNull("stop_sequence");
        message.set("usage", UsageJson.toAnthropic(usage == null ? UNTOLD : usage));
        return Json.bytes(message);
    }

    private static ArrayNode content(JsonNode said, boolean withThoughts) {
        ArrayNode content = Json.array();
        Stream.of("reasoning_content", "reasoning")
                .map(field -> said.path(field).asText(""))
                .filter(thought -> withThoughts && !thought.isEmpty())
                .findFirst()
                .ifPresent(thought -> content.addObject()
                        .put("type", "thinking")
                        .put("thinking", thought)
                        .put("signature", ""));
        MessageText.of(said)
                .stream()
                .filter(text -> !text.isEmpty())
                .forEach(text -> content.addObject().put("type", "text").put("text", text));
        AnthropicToolCalls.addBlocks(said.path("tool_calls"), content);
        return content;
    }

    /** Some providers, and OpenAI for a forced call, say {@code stop} although calls wait for their results. */
    private static String stopReason(JsonNode choice) {
        if (!choice.path("message").path("refusal").asText("").isEmpty()) {
            return "refusal";
        }
        String reason = StopReasons.toAnthropic(choice.path("finish_reason").asText());
        boolean calls = !choice.path("message").path("tool_calls").isEmpty();
        return calls && reason.equals("end_turn") ? "tool_use" : reason;
    }
}
