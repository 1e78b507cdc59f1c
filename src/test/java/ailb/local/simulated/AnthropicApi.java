package ailb.local.simulated;

import static java.nio.charset.StandardCharsets.UTF_8;

import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Anthropic's API. Three token buckets, of which a refused call takes nothing; real input and output count. */
final class AnthropicApi implements ProviderApi {

    private static final String INVALID = "invalid_request_error";
    private static final long SHOWN_IN = 1000;

    private final Meter requests;
    private final Meter inputTokens;
    private final Meter outputTokens;
    private final Map<String, Dialect> dialects = Map.of(
            "/v1/messages", new MessagesDialect(),
            "/v1/messages/count_tokens", new CountTokensDialect());

    AnthropicApi(long requestsPerMinute, long inputTokensPerMinute, long outputTokensPerMinute, Instant now) {
        this.requests = new TokenBucket(requestsPerMinute, now);
        this.inputTokens = new TokenBucket(inputTokensPerMinute, now);
        this.outputTokens = new TokenBucket(outputTokensPerMinute, now);
    }

    @Override
    public Optional<Dialect> at(String path) {
        return Optional.ofNullable(dialects.get(path));
    }

    @Override
    public Optional<String> key(ApiRequest request) {
        return request.headers().get("x-api-key");
    }

    @Override
    public Optional<Fault> headFault(ApiRequest request) {
        return request.headers().get("anthropic-version").isEmpty()
                ? Fault.of("anthropic-version: header is required")
                : Optional.empty();
    }

    @Override
    public synchronized Optional<ApiResponse> take(Call call, Instant now) {
        if (requests.remaining(now) < 1) {
            return Optional.of(refusal("requests", requests, 1, now));
        }
        if (inputTokens.remaining(now) < call.inputTokens()) {
            return Optional.of(refusal("input tokens", inputTokens, call.inputTokens(), now));
        }
        if (outputTokens.remaining(now) < call.outputTokens()) {
            return Optional.of(refusal("output tokens", outputTokens, call.outputTokens(), now));
        }
        requests.take(1, now);
        inputTokens.take(call.inputTokens(), now);
        outputTokens.take(call.outputTokens(), now);
        return Optional.empty();
    }

    @Override
    public ApiResponse refused(Fault fault) {
        return error(fault.status(), INVALID, fault.message());
    }

    @Override
    public ApiResponse rateLimited(Duration retryAfter, Instant now) {
        return rateLimited("requests", requests.limit(), retryAfter, now);
    }

    @Override
    public ApiResponse wrongKey(Optional<String> key) {
        return error(401, "authentication_error", key.isEmpty() ? "x-api-key header is required" : "invalid x-api-key");
    }

    @Override
    public ApiResponse notJson() {
        return error(400, INVALID, "The request body is not valid JSON");
    }

    @Override
    public ApiResponse unknownModel(String model) {
        return error(404, "not_found_error", "model: " + model);
    }

    @Override
    public ApiResponse unknownPath(String method, String path) {
        return error(404, "not_found_error", "Not Found");
    }

    @Override
    public ApiResponse serverError() {
        return error(500, "api_error", "Internal server error");
    }

    @Override
    public ApiResponse overloaded() {
        return error(529, "overloaded_error", "Overloaded");
    }

    @Override
    public synchronized Map<String, Long> remaining(Instant now) {
        return Map.of(
                "requests", requests.remaining(now),
                "input_tokens", inputTokens.remaining(now),
                "output_tokens", outputTokens.remaining(now));
    }

    private ApiResponse refusal(String words, Meter meter, long units, Instant now) {
        return rateLimited(words, meter.limit(), meter.untilRoom(Math.min(units, meter.limit()), now), now);
    }

    private ApiResponse rateLimited(String words, long limit, Duration wait, Instant now) {
        Map<String, String> headers = new HashMap<>(limitHeaders(now));
        headers.put("retry-after", Long.toString(Math.ceilDiv(wait.toNanos(), 1_000_000_000)));
        String message = "This request would exceed your organization's rate limit of " + limit + " " + words
                + " per minute. For details, refer to: https://docs.claude.com/en/api/rate-limits.";
        return reply(429, errorBody("rate_limit_error", message), headers);
    }

    @Override
    public synchronized Map<String, String> limitHeaders(Instant now) {
        Map<String, String> headers = new HashMap<>();
        put(headers, "requests", requests, 1, now);
        put(headers, "input-tokens", inputTokens, SHOWN_IN, now);
        put(headers, "output-tokens", outputTokens, SHOWN_IN, now);
        boolean isInputTighter = inputTokens.remaining(now) <= outputTokens.remaining(now);
        put(headers, "tokens", isInputTighter ? inputTokens : outputTokens, SHOWN_IN, now);
        return headers;
    }

    /** What remains of tokens is shown in thousands; the time of the reset, in whole seconds. */
    private static void put(Map<String, String> headers, String name, Meter meter, long shownIn, Instant now) {
        String prefix = "anthropic-ratelimit-" + name + "-";
        Instant reset = now.plus(meter.untilReset(now)).plusNanos(999_999_999).truncatedTo(ChronoUnit.SECONDS);
        headers.put(prefix + "limit", Long.toString(meter.limit()));
        headers.put(prefix + "remaining", Long.toString((meter.remaining(now) + shownIn / 2) / shownIn * shownIn));
        headers.put(prefix + "reset", reset.toString());
    }

    private ApiResponse error(int status, String type, String message) {
        return reply(status, errorBody(type, message), Map.of());
    }

    private static ObjectNode errorBody(String type, String message) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("type", "error");
        body.putObject("error").put("type", type).put("message", message);
        return body.put("request_id", "req_sim");
    }

    @Override
    public ApiResponse reply(int status, ObjectNode body, Map<String, String> headers) {
        Map<String, String> all = new HashMap<>(headers);
        all.put("content-type", "application/json");
        all.put("request-id", "req_sim");
        return new ApiResponse(status, all, body.toString().getBytes(UTF_8));
    }
}
