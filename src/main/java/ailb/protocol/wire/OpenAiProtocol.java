package ailb.protocol.wire;

import ailb.pool.Endpoint;
import ailb.protocol.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** OpenAI's API and compatible APIs. */
public final class OpenAiProtocol implements WireProtocol {

    @Override
    public ProviderRequest post(Endpoint endpoint, String path, byte[] body, String apiKey) {
        Map<String, String> headers = Map.of(
                "authorization", "Bearer " + apiKey,
                "content-type", "application/json",
                "accept", "application/json",
                "user-agent", "ai-load-balancer");
        return new ProviderRequest(URI.create(endpoint.baseUrl() + path), headers, body);
    }

    @Override
    public List<Remaining> remaining(Headers headers, Instant now) {
        return RateLimitHeaders.openAi(headers);
    }

    /** Whether the object is an answer to a chat request. */
    public static boolean isAnswer(JsonNode reply) {
        return reply.path("choices").isArray();
    }

    /** The {@code usage} of an answer or of a stream's last chunk; null where there is none. */
    public static @Nullable Usage usage(JsonNode reply) {
        JsonNode usage = reply.path("usage");
        JsonNode input = usage.path("prompt_tokens");
        JsonNode output = usage.path("completion_tokens");
        return Json.isCount(input) && Json.isCount(output)
                ? new Usage(input.longValue(), output.longValue(),
                        Json.count(usage.path("prompt_tokens_details").path("cached_tokens")),
                        Json.count(usage.path("completion_tokens_details").path("reasoning_tokens")))
                : null;
    }
}
