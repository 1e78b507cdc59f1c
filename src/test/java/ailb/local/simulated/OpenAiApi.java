package ailb.local.simulated;

import static java.nio.charset.StandardCharsets.UTF_8;

import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's API. Requests count against their limit whether served or refused; a call counts as
 * max(max_tokens, characters / 4) tokens, however short its answer.
 */
final class OpenAiApi implements ProviderApi {

    private static final String INVALID = "invalid_request_error";

    private final Meter requests;
    private final Meter tokens;
    private final Map<String, Dialect> dialects = Map.of(
            "/v1/chat/completions", new ChatDialect(),
            "/v1/responses", new ResponsesDialect(),
            "/v1/embeddings", new EmbeddingsDialect());

    OpenAiApi(long requestsPerMinute, long tokensPerMinute) {
        this.requests = new SlidingLog(requestsPerMinute);
        this.tokens = new SlidingLog(tokensPerMinute);
    }

    @Override
    public Optional<Dialect> at(String path) {
        return Optional.ofNullable(dialects.get(path));
    }

    @Override
    public Optional<String> key(ApiRequest request) {
        return request.headers()
                .get("authorization")
                .filter(value -> value.startsWith("Bearer "))
                .map(value -> value.substring("Bearer ".length()));
    }

    @Override
    public Optional<Fault> headFault(ApiRequest request) {
        return Optional.empty();
    }

    @Override
    public synchronized Optional<ApiResponse> take(Call call, Instant now) {
        long charge = Math.max(call.maxTokens().orElse(0), call.inputTokens());
        if (charge > tokens.limit()) {
            return Optional.of(error(
                    429,
                    "Request too large for " + call.model() + " on tokens per min (TPM): Limit " + tokens.limit()
                            + ", Requested " + charge + ".",
                    "tokens", null, "rate_limit_exceeded"));
        }
        boolean isFull = requests.remaining(now) < 1;
        boolean isFullOfTokens = tokens.remaining(now) < charge;
        requests.take(1, now);
        if (isFull) {
            return Optional.of(refusal("requests", "requests per min (RPM)", requests, 1, call.model(), now));
        }
        if (isFullOfTokens) {
            return Optional.of(refusal("tokens", "tokens per min (TPM)", tokens, charge, call.model(), now));
        }
        tokens.take(charge, now);
        return Optional.empty();
    }

    @Override
    public ApiResponse refused(Fault fault) {
        return error(fault.status(), fault.message(), INVALID, fault.param(), fault.code());
    }

    @Override
    public ApiResponse rateLimited(Duration retryAfter, Instant now) {
        return rateLimited("Rate limit reached on requests per min (RPM).", "requests", retryAfter, now);
    }

    @Override
    public ApiResponse wrongKey(Optional<String> key) {
        return key.isEmpty()
                ? error(401, "You didn't provide an API key. You need to provide your API key in an Authorization "
                        + "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).", INVALID, null, null)
                : error(401, "Incorrect API key provided. You can find your API key at "
                        + "https://platform.openai.com/account/api-keys.", INVALID, null, "invalid_api_key");
    }

    @Override
    public ApiResponse notJson() {
        return error(400, "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload.",
                INVALID, null, null);
    }

    @Override
    public ApiResponse unknownModel(String model) {
        return error(404, "The model `" + model + "` does not exist or you do not have access to it.", INVALID, null,
                "model_not_found");
    }

    @Override
    public ApiResponse unknownPath(String method, String path) {
        return error(404, "Invalid URL (" + method + " " + path + ")", INVALID, null, null);
    }

    @Override
    public ApiResponse serverError() {
        return error(500, "The server had an error while processing your request. Sorry about that!", "server_error",
                null, null);
    }

    @Override
    public ApiResponse overloaded() {
        return error(503, "The engine is currently overloaded, please try again later.", "server_error", null, null);
    }

    @Override
    public synchronized Map<String, Long> remaining(Instant now) {
        return Map.of("requests", requests.remaining(now), "tokens", tokens.remaining(now));
    }

    private ApiResponse refusal(String type, String words, Meter meter, long units, String model, Instant now) {
        String message = "Rate limit reached for " + model + " on " + words + ": Limit " + meter.limit() + ", Used "
                + (meter.limit() - meter.remaining(now)) + ", Requested " + units + ".";
        return rateLimited(message, type, meter.untilRoom(units, now), now);
    }

    private ApiResponse rateLimited(String message, String type, Duration wait, Instant now) {
        long millis = Math.ceilDiv(wait.toNanos(), 1_000_000);
        Map<String, String> headers = new HashMap<>(limitHeaders(now));
        headers.put("retry-after", Long.toString(Math.ceilDiv(millis, 1000)));
        headers.put("retry-after-ms", Long.toString(millis));
        String advice = " Please try again in " + GoDuration.format(wait) + ".";
        return reply(429, errorBody(message + advice, type, null, "rate_limit_exceeded"), headers);
    }

    @Override
    public synchronized Map<String, String> limitHeaders(Instant now) {
        Map<String, String> headers = new HashMap<>();
        Map.of("requests", requests, "tokens", tokens).forEach((name, meter) -> {
            headers.put("x-ratelimit-limit-" + name, Long.toString(meter.limit()));
            headers.put("x-ratelimit-remaining-" + name, Long.toString(meter.remaining(now)));
            headers.put("x-ratelimit-reset-" + name, GoDuration.format(meter.untilReset(now)));
        });
        return headers;
    }

    private ApiResponse error(
            int status, String message, String type, @Nullable String param, @Nullable String code) {
        return reply(status, errorBody(message, type, param, code), Map.of());
    }

    private static ObjectNode errorBody(
            String message, String type, @Nullable String param, @Nullable String code) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("error").put("message", message).put("type", type).put("param", param).put("code", code);
        return body;
    }

    @Override
    public ApiResponse reply(int status, ObjectNode body, Map<String, String> headers) {
        Map<String, String> all = new HashMap<>(headers);
        all.put("content-type", "application/json");
        all.put("openai-version", "2020-10-01");
        return new ApiResponse(status, all, body.toString().getBytes(UTF_8));
    }
}
