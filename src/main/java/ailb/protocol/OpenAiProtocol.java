package ailb.protocol;

import ailb.pool.Endpoint;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The caller's own protocol: bodies pass through untouched, but for the name of the model. */
final class OpenAiProtocol implements WireProtocol {

    @Override
    public Optional<String> unsupportedField(ChatRequest request) {
        return Optional.empty();
    }

    @Override
    public ProviderRequest request(Endpoint endpoint, ChatRequest request, String apiKey) {
        return post(endpoint, "/chat/completions", request.bodyFor(endpoint.modelId()), apiKey);
    }

    /** @param path what comes after the base URL */
    static ProviderRequest post(Endpoint endpoint, String path, byte[] body, String apiKey) {
        Map<String, String> headers = Map.of(
                "authorization", "Bearer " + apiKey,
                "content-type", "application/json",
                "accept", "application/json",
                "user-agent", "ai-load-balancer");
        return new ProviderRequest(URI.create(endpoint.baseUrl() + path), headers, body);
    }

    @Override
    public ProviderReply read(ChatRequest request, int status, Headers headers, byte[] body, Instant now) {
        return read(status, headers, body, now, reply -> reply.path("choices").isArray(), OpenAiProtocol::usage);
    }

    /**
     * @param isAnswer whether a JSON value is what was asked for
     * @param usage of an answer; null where it tells none
     */
    static ProviderReply read(
            int status,
            Headers headers,
            byte[] body,
            Instant now,
            Predicate<JsonNode> isAnswer,
            Function<JsonNode, @Nullable Usage> usage) {
        List<Remaining> remaining = RateLimitHeaders.openAi(headers);
        Optional<JsonNode> root = Json.parse(body);
        if (Failures.isFailure(status)) {
            ProviderError error = ProviderError.of(root);
            byte[] words = root.filter(JsonNode::isObject).isPresent() ? body : error.toApiError(status).toJson();
            return Failures.refused(status, headers, error, words, remaining, now);
        }
        return root.filter(isAnswer)
                .<ProviderReply>map(reply -> new ProviderReply.Answer(body, usage.apply(reply), remaining))
                .orElseGet(() -> Failures.notAnAnswer(status, remaining));
    }

    static @Nullable Usage usage(JsonNode reply) {
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
