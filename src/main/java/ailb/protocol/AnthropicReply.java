package ailb.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Anthropic's answer, a message with a {@code content} array, told as a {@code chat.completion}. */
final class AnthropicReply {

    private AnthropicReply() {}

    /** False where a client could do nothing with it: no content, or a call without an id, a name or arguments. */
    static boolean isAnswer(JsonNode message) {
        JsonNode content = message.path("content");
        return content.isArray()
                && content.valueStream()
                        .filter(block -> isOf(block, "tool_use"))
                        .allMatch(AnthropicToolCalls::isCall);
    }

    /** @param askedModel the model named where the message names none */
    static byte[] chatCompletion(JsonNode message, String askedModel, Instant now) {
        ObjectNode completion = Json.object();
        completion.put("id", "chatcmpl-" + message.path("id").asText(Long.toString(now.toEpochMilli())));
        completion.put("object", "chat.completion");
        completion.put("created", now.getEpochSecond());
        completion.put("model", message.path("model").asText(askedModel));
        ObjectNode choice = completion.putArray("choices").addObject();
        choice.put("index", 0);
        choice.set("message", said(message.path("content")));
        choice.putNull("logprobs");
        choice.put("finish_reason", finishReason(message.path("stop_reason").asText()));
        Usage usage = usage(message);
        if (usage != null) {
            putUsage(completion.putObject("usage"), usage, message.path("usage"));
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
        return new Usage(input, output.longValue(), cached, Json.count(thinkingTokens(usage)));
    }

    /** Text blocks are one text; blocks of types that nobody asked for are none of the answer. */
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
            } else if (AnthropicThinking.isBlock(block)) {
                thinking.add(block);
                thoughts.add(block.path("thinking").asText());
            }
        }
        ObjectNode said = Json.object().put("role", "assistant");
        // As OpenAI tells it: null where there is nothing but calls.
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

    private static JsonNode thinkingTokens(JsonNode usage) {
        return usage.path("output_tokens_details").path("thinking_tokens");
    }

    /** @param given the usage in Anthropic's words: what it does not count is not told as none */
    private static void putUsage(ObjectNode out, Usage usage, JsonNode given) {
        out.put("prompt_tokens", usage.inputTokens());
        out.put("completion_tokens", usage.outputTokens());
        out.put("total_tokens", usage.inputTokens() + usage.outputTokens());
        ObjectNode prompt = out.putObject("prompt_tokens_details").put("cached_tokens", usage.cachedInputTokens());
        JsonNode written = given.path("cache_creation_input_tokens");
        if (Json.isCount(written)) {
            prompt.put("cache_creation_tokens", written.longValue());
        }
        if (Json.isCount(thinkingTokens(given))) {
            out.putObject("completion_tokens_details").put("reasoning_tokens", usage.reasoningTokens());
        }
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
