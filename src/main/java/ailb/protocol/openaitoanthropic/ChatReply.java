package ailb.protocol.openaitoanthropic;

import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import ailb.protocol.translate.AnthropicToolCalls;
import ailb.protocol.translate.StopReasons;
import ailb.protocol.translate.ThinkingBlocks;
import ailb.protocol.wire.Usage;
import ailb.protocol.wire.UsageJson;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Translates Anthropic's answer, a message with a {@code content} array, to a {@code chat.completion}. */
public final class ChatReply {

    private ChatReply() {}

    /** Whether a client can use the message: it has content, and every call has an id, a name and arguments. */
    public static boolean isAnswer(JsonNode message) {
        JsonNode content = message.path("content");
        return content.isArray()
                && content.valueStream()
                        .filter(block -> isOf(block, "tool_use"))
                        .allMatch(AnthropicToolCalls::isCall);
    }

    /** @param askedModel the model name to use where the message has none */
    public static byte[] chatCompletion(JsonNode message, String askedModel, Instant now) {
        ObjectNode completion = Json.object();
        completion.put("id", "chatcmpl-" + message.path("id").asText(Long.toString(now.toEpochMilli())));
        completion.put("object", "chat.completion");
        completion.put("created", now.getEpochSecond());
        completion.put("model", message.path("model").asText(askedModel));
        ObjectNode choice = completion.putArray("choices").addObject();
        choice.put("index", 0);
        choice.set("message", said(message.path("content")));
        choice.putNull("logprobs");
        choice.put("finish_reason", StopReasons.toOpenAi(message.path("stop_reason").asText()));
        Usage usage = UsageJson.ofAnthropic(message.path("usage"));
        if (usage != null) {
            completion.set("usage", UsageJson.toOpenAi(usage, message.path("usage")));
        }
        return Json.bytes(completion);
    }

    /** Joins text blocks into one text. Blocks of other types than text, calls and thoughts are left out. */
    private static ObjectNode said(JsonNode content) {
        List<String> texts = new ArrayList<>();
        List<String> thoughts = new ArrayList<>();
        ArrayNode thinking = Json.array();
        ArrayNode calls = Json.array();
        for (JsonNode block : content) {
            if (isOf(block, "text")) {
                texts.add(block.path("text").asText());
            } else if (isOf(block, "tool_use")) {
                calls.add(AnthropicToolCalls.call(block));
            } else if (ThinkingBlocks.isBlock(block)) {
                thinking.add(block);
                thoughts.add(block.path("thinking").asText());
            }
        }
        ObjectNode said = Json.object().put("role", "assistant");
        // As at OpenAI: null where there are only calls.
        said.put("content", texts.isEmpty() && !calls.isEmpty() ? null : String.join("", texts));
        said.putNull("refusal");
        putIfAny(said, "tool_calls", calls);
        String thought = String.join("", thoughts);
        if (!thought.isEmpty()) {
            said.put("reasoning_content", thought);
        }
        putIfAny(said, "thinking_blocks", thinking);
        return said;
    }

    private static void putIfAny(ObjectNode said, String field, ArrayNode values) {
        if (!values.isEmpty()) {
            said.set(field, values);
        }
    }

    private static boolean isOf(JsonNode block, String type) {
        return Fields.is(block.path("type"), type);
    }
}
