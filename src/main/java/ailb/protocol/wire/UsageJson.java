package ailb.protocol.wire;

import ailb.protocol.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * Converts usage from and to both protocols. Anthropic's {@code input_tokens} excludes cache reads and cache writes.
 */
public final class UsageJson {

    private UsageJson() {}

    /** @param usage Anthropic's {@code usage} object; the result is null where it has no counts */
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

    /** @param usage {@code usage} of OpenAI's Responses API; the result is null where it has no counts */
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

    /** @param given Anthropic's usage object; a count that it lacks is left out instead of written as 0 */
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

    /** The usage in Anthropic's format. OpenAI reports cache reads but no cache writes. */
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
