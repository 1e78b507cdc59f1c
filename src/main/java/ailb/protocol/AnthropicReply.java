package ailb.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Anthropic's answer, a message with a {@code content} array, told as a {@code chat.completion}. */
final class AnthropicReply {

    private AnthropicReply() {}

    /** @param askedModel the model named where the message names none */
    static byte[] chatCompletion(JsonNode message, String askedModel, Instant now) {
        ObjectNode completion = Json.object();
        completion.put("id", "chatcmpl-" + message.path("id").asText(Long.toString(now.toEpochMilli())));
        completion.put("object", "chat.completion");
        completion.put("created", now.getEpochSecond());
        completion.put("model", message.path("model").asText(askedModel));
        ObjectNode choice = completion.putArray("choices").addObject();
        choice.put("index", 0);
        choice.putObject("message").put("role", "assistant").put("content", text(message)).putNull("refusal");
        choice.putNull("logprobs");
        choice.put("finish_reason", finishReason(message.path("stop_reason").asText()));
        Usage usage = usage(message);
        if (usage != null) {
            putUsage(completion.putObject("usage"), usage);
        }
        return Json.bytes(completion);
    }

    /** Anthropic counts the input that its cache wrote or gave apart; the total has it in. */
    static @Nullable Usage usage(JsonNode message) {
        JsonNode usage = message.path("usage");
        JsonNode uncached = usage.path("input_tokens");
        JsonNode output = usage.path("output_tokens");
        if (!Json.isCount(uncached) || !Json.isCount(output)) {
            return null;
        }
        long cached = Json.count(usage.path("cache_read_input_tokens"));
        long input = uncached.longValue() + Json.count(usage.path("cache_creation_input_tokens")) + cached;
        return new Usage(input, output.longValue(), cached, 0);
    }

    /** All text blocks as one; blocks of other types are none of the answer's text. */
    private static String text(JsonNode message) {
        StringBuilder text = new StringBuilder();
        for (JsonNode block : message.path("content")) {
            if (block.path("type").asText().equals("text")) {
                text.append(block.path("text").asText());
            }
        }
        return text.toString();
    }

    private static void putUsage(ObjectNode out, Usage usage) {
        out.put("prompt_tokens", usage.inputTokens());
        out.put("completion_tokens", usage.outputTokens());
        out.put("total_tokens", usage.inputTokens() + usage.outputTokens());
        out.putObject("prompt_tokens_details").put("cached_tokens", usage.cachedInputTokens());
    }

    private static String finishReason(String stopReason) {
        return switch (stopReason) {
            case "max_tokens", "model_context_window_exceeded" -> "length";
            case "tool_use" -> "tool_calls";
            case "refusal" -> "content_filter";
            default -> "stop"; // end_turn, stop_sequence, and whatever Anthropic may think of
        };
    }
}
