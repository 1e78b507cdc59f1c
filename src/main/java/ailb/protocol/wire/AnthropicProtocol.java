package ailb.protocol.wire;

import ailb.pool.Endpoint;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Anthropic's API. */
final class AnthropicProtocol implements WireProtocol {

    private static final String API_VERSION = "2023-06-01";

    /** Adds {@code /v1} only to a base URL that lacks it. */
    @Override
    public ProviderRequest post(Endpoint endpoint, String path, byte[] body, String apiKey) {
        Map<String, String> headers = Map.of(
                "x-api-key", apiKey,
                "anthropic-version", API_VERSION,
                "content-type", "application/json",
                "accept", "application/json",
                "user-agent", "ai-load-balancer");
        String base = endpoint.baseUrl().toString();
        URI uri = URI.create(base + (base.endsWith(RequestKind.VERSION) ? "" : RequestKind.VERSION) + path);
        return new ProviderRequest(uri, headers, body);
    }

    @Override
    public List<Remaining> remaining(Headers headers, Instant now) {
        return RateLimitHeaders.anthropic(headers, now);
    }
}
