package ailb.protocol.wire;

import ailb.protocol.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Usage in the words of both protocols. Anthropic counts the input that its cache wrote or gave apart. */
public final class UsageJson {

    private UsageJson() {}

    /** @param usage Anthropic's {@code usage} object; null where it does not tell */
    public static @Nullable Usage ofAnthropic(JsonNode usage) {
        JsonNode uncached = usage.path("input_tokens");
        JsonNode output = usage.path("output_tokens");
        if (!Json.isCount(uncached) || !Json.isCount(output)) {
            return null;
        }
        long cached = Json.count(usage.path("cache_read_input_tokens"));
        long input = uncached.longValue() + Json.count(usage.path("cache_creation_input_tokens")) + cached;
        return new Usage(input, output.longValue(), cached, Json.count(thinkingTokens(usage)));
    }

    /** @param usage the {@code usage} object of OpenAI's Responses API; null where it does not tell */
    public static @Nullable Usage ofResponse(JsonNode usage) {
        JsonNode input = usage.path("input_tokens");
        JsonNode output = usage.path("output_tokens");
        return Json.isCount(input) && Json.isCount(output)
                ? new Usage(
                        input.longValue(),
                        output.longValue(),
                        Json.count(usage.path("input_tokens_details").path("cached_tokens")),
                        Json.count(usage.path("output_tokens_details").path("reasoning_tokens")))
                : null;
    }

    /** @param given the usage in Anthropic's words: what it does not count is not told as none */
    public static ObjectNode toOpenAi(Usage usage, JsonNode given) {
        ObjectNode out = Json.object()
                .put("prompt_tokens", usage.inputTokens())
                .put("completion_tokens", usage.outputTokens())
                .put("total_tokens", usage.inputTokens() + usage.outputTokens());
        ObjectNode prompt = out.putObject("prompt_tokens_details").put("cached_tokens", usage.cachedInputTokens());
        JsonNode written = given.path("cache_creation_input_tokens");
        if (Json.isCount(written)) {
            prompt.put("cache_creation_tokens", written.longValue());
        }
        if (Json.isCount(thinkingTokens(given))) {
            out.putObject("completion_tokens_details").put("reasoning_tokens", usage.reasoningTokens());
        }
        return out;
    }

    /** The same in Anthropic's words. OpenAI's caches tell what they gave, and nothing of what they wrote. */
    public static ObjectNode toAnthropic(Usage usage) {
        return Json.object()
                .put("input_tokens", Math.max(0, usage.inputTokens() - usage.cachedInputTokens()))
                .put("cache_creation_input_tokens", 0)
                .put("cache_read_input_tokens", usage.cachedInputTokens())
                .put("output_tokens", usage.outputTokens());
    }

    private static JsonNode thinkingTokens(JsonNode usage) {
        return usage.path("output_tokens_details").path("thinking_tokens");
    }
}
