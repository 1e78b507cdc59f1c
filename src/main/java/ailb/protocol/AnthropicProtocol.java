package ailb.protocol;

import ailb.pool.Endpoint;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Anthropic's messages API, translated from and to the caller's chat completions. */
final class AnthropicProtocol implements WireProtocol {

    private static final String VERSION = "2023-06-01";

    @Override
    public Optional<String> unsupportedField(ChatRequest request) {
        return AnthropicSupport.firstUnsupported(request.root());
    }

    /** Goes to the base URL with {@code /v1/messages} after it; a base URL that has the {@code /v1} gets no second. */
    @Override
    public ProviderRequest request(Endpoint endpoint, ChatRequest request, String apiKey) {
        Map<String, String> headers = Map.of(
                "x-api-key", apiKey,
                "anthropic-version", VERSION,
                "content-type", "application/json",
                "accept", "application/json",
                "user-agent", "ai-load-balancer");
        String base = endpoint.baseUrl().toString();
        URI uri = URI.create(base + (base.endsWith("/v1") ? "/messages" : "/v1/messages"));
        return new ProviderRequest(uri, headers, AnthropicRequest.body(endpoint.modelId(), request));
    }

    @Override
    public ProviderReply read(ChatRequest request, int status, Headers headers, byte[] body, Instant now) {
        List<Remaining> remaining = RateLimitHeaders.anthropic(headers, now);
        if (Failures.isFailure(status)) {
            ProviderError error = ProviderError.of(Json.parse(body));
            return Failures.refused(status, headers, error, error.toApiError(status).toJson(), remaining, now);
        }
        return Json.parse(body)
                .filter(AnthropicReply::isAnswer)
                .<ProviderReply>map(reply -> new ProviderReply.Answer(
                        AnthropicReply.chatCompletion(reply, request.model(), now), AnthropicReply.usage(reply),
                        remaining))
                .orElseGet(() -> Failures.notAnAnswer(status, remaining));
    }
}
