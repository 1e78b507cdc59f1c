package ailb.dispatch;

import ailb.pool.FailureClass;
import ailb.port.Upstream;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Supplier;

/**
 * Providers that say what a test tells them to. An endpoint is known by the first label of its host; without a script
 * it answers at once.
 */
public final class ScriptedUpstream implements Upstream {

    private final Map<String, Queue<Supplier<Result>>> scripts = new HashMap<>();
    private final Map<String, Supplier<Result>> defaults = new HashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final List<ProviderRequest> requests = new ArrayList<>();
    private final List<Duration> timeouts = new ArrayList<>();

    /** Adds what an endpoint says next. */
    public ScriptedUpstream then(String endpoint, Supplier<Result> reply) {
        scripts.computeIfAbsent(endpoint, _ -> new ArrayDeque<>()).add(reply);
        return this;
    }

    /** What an endpoint says whenever there is nothing scripted. */
    public ScriptedUpstream always(String endpoint, Supplier<Result> reply) {
        defaults.put(endpoint, reply);
        return this;
    }

    @Override
    public Result call(ProviderRequest request, Duration timeout) {
        String host = request.uri().getHost();
        String endpoint = host.substring(0, host.indexOf('.'));
        calls.add(endpoint);
        requests.add(request);
        timeouts.add(timeout);
        Supplier<Result> scripted = scripts.getOrDefault(endpoint, new ArrayDeque<>()).poll();
        return (scripted != null ? scripted : defaults.getOrDefault(endpoint, ScriptedUpstream::answer)).get();
    }

    /** The endpoints called, in order. */
    public List<String> calls() {
        return calls;
    }

    public List<ProviderRequest> requests() {
        return requests;
    }

    public List<Duration> timeouts() {
        return timeouts;
    }

    public static Result answer() {
        return answer(10, 0, 5, 0);
    }

    /** An answer of so many tokens, {@code cached} of the input and {@code reasoning} of the output. */
    public static Result answer(long input, long cached, long output, long reasoning) {
        return json(
                200,
                """
                {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,\
                "message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],\
                "usage":{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,\
                "prompt_tokens_details":{"cached_tokens":%d},\
                "completion_tokens_details":{"reasoning_tokens":%d}}}""".formatted(
                        input, output, input + output, cached, reasoning));
    }

    public static Result error(int status, String type, String code) {
        return json(status, errorBody(type, code));
    }

    public static Result rateLimited(String retryAfter) {
        return new Reply(
                429,
                new Headers(Map.of("retry-after", retryAfter)),
                errorBody("requests", "rate_limit_exceeded").getBytes(StandardCharsets.UTF_8));
    }

    public static Result failed(FailureClass failure) {
        return new Failed(failure, "scripted");
    }

    private static String errorBody(String type, String code) {
        return """
                {"error":{"message":"scripted","type":"%s","param":null,"code":"%s"}}""".formatted(type, code);
    }

    private static Result json(int status, String body) {
        return new Reply(
                status,
                new Headers(Map.of("content-type", "application/json")),
                body.getBytes(StandardCharsets.UTF_8));
    }
}
