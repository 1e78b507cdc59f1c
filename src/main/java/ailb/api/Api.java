package ailb.api;

import ailb.dispatch.Deadline;
import ailb.dispatch.DispatchResult;
import ailb.dispatch.Dispatcher;
import ailb.dispatch.PoolView;
import ailb.dispatch.TimeSource;
import ailb.pool.Pool;
import ailb.protocol.ApiError;
import ailb.protocol.ChatRequest;
import ailb.protocol.Parsed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Answers requests: finds the route, checks the key, and lets the dispatcher do the work. Safe for many threads. */
public final class Api {

    /** Largest request body taken, in bytes: what a Lambda function can be handed. */
    public static final int MAX_BODY = 6 * 1024 * 1024;

    private static final String CONTENT_TYPE = "content-type";
    private static final String JSON = "application/json";

    private final Pool pool;
    private final Dispatcher dispatcher;
    private final ClientAuth auth;
    private final TimeSource time;
    private final RandomGenerator random;

    /** @param random used by many threads at once */
    public Api(Pool pool, Dispatcher dispatcher, ClientKeys keys, TimeSource time, RandomGenerator random) {
        this.pool = pool;
        this.dispatcher = dispatcher;
        this.auth = new ClientAuth(keys);
        this.time = time;
        this.random = random;
    }

    /** Answers one request before the deadline. Whatever the caller sent, an error is a response and not thrown. */
    public ApiResponse handle(ApiRequest request, Deadline deadline) {
        ApiResponse response = route(request, deadline);
        Map<String, String> headers = new HashMap<>(response.headers());
        headers.put("x-request-id", "req_" + HexFormat.of().toHexDigits(random.nextLong()));
        return new ApiResponse(response.status(), headers, response.body());
    }

    private ApiResponse route(ApiRequest request, Deadline deadline) {
        Optional<Route> route = Route.at(request.path());
        if (route.isEmpty()) {
            return error(ApiError.notFound(request.method(), request.path()));
        }
        if (!route.get().takes(request.method())) {
            return withHeaders(
                    error(ApiError.methodNotAllowed(request.method(), request.path())),
                    Map.of("allow", route.get().method()));
        }
        if (request.body().length > MAX_BODY) {
            return tooLarge();
        }
        Optional<ApiError> refusal =
                route.get() == Route.HEALTH ? Optional.empty() : auth.refusal(request.headers());
        if (refusal.isPresent()) {
            return error(refusal.get());
        }
        return switch (route.get()) {
            case HEALTH -> json(200, "{\"status\":\"ok\"}".getBytes(StandardCharsets.UTF_8));
            case MODELS -> json(200, Bodies.models(pool));
            case POOL -> pool();
            case CHAT -> chat(request, deadline);
        };
    }

    private ApiResponse pool() {
        PoolView view = dispatcher.view();
        view.refresh();
        return json(200, Bodies.pool(pool, dispatcher.storeDownSince(), view::state, time.now()));
    }

    private ApiResponse chat(ApiRequest request, Deadline deadline) {
        return switch (ChatRequest.parse(request.body())) {
            case Parsed.Invalid(ApiError error) -> error(error);
            case Parsed.Valid(ChatRequest chat) -> chat(chat, deadline);
        };
    }

    private ApiResponse chat(ChatRequest chat, Deadline deadline) {
        try {
            return response(dispatcher.dispatch(chat, deadline));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return error(ApiError.unavailable("The balancer is shutting down; retry.", "shutting_down"));
        }
    }

    private static ApiResponse response(DispatchResult result) {
        return switch (result) {
            case DispatchResult.Answered(String endpoint, int attempts, byte[] body) ->
                withHeaders(json(200, body), trace(endpoint, attempts));
            case DispatchResult.PassedOn(String endpoint, int attempts, int status, byte[] body) ->
                withHeaders(json(status, body), trace(endpoint, attempts));
            case DispatchResult.Declined(int attempts, ApiError error, Optional<Duration> retryAfter) -> {
                Map<String, String> headers = new HashMap<>();
                headers.put("x-lb-attempts", Integer.toString(attempts));
                retryAfter.ifPresent(wait -> headers.putAll(retryAfter(wait)));
                yield withHeaders(error(error), headers);
            }
        };
    }

    private static Map<String, String> trace(String endpoint, int attempts) {
        return Map.of("x-lb-endpoint", endpoint, "x-lb-attempts", Integer.toString(attempts));
    }

    /** Rounded up: a caller that comes back when told to must not be early. */
    private static Map<String, String> retryAfter(Duration wait) {
        long millis = Math.ceilDiv(wait.toNanos(), 1_000_000);
        return Map.of(
                "retry-after", Long.toString(Math.max(1, Math.ceilDiv(millis, 1000))),
                "retry-after-ms", Long.toString(millis));
    }

    /** What is answered to a body over {@link #MAX_BODY}. */
    public static ApiResponse tooLarge() {
        return error(ApiError.tooLarge(MAX_BODY));
    }

    /** What is answered to a body that the front could not decode. */
    public static ApiResponse malformedBody() {
        return error(ApiError.invalidJson("it is not the base64 the gateway said it is"));
    }

    /** What is answered when the balancer itself fails: a bug. */
    public static ApiResponse internalError() {
        return error(ApiError.internal("The balancer failed to handle this request; its log tells more."));
    }

    private static ApiResponse error(ApiError error) {
        return json(error.status(), error.toJson());
    }

    private static ApiResponse json(int status, byte[] body) {
        return new ApiResponse(status, Map.of(CONTENT_TYPE, JSON), body);
    }

    private static ApiResponse withHeaders(ApiResponse response, Map<String, String> more) {
        Map<String, String> headers = new HashMap<>(response.headers());
        headers.putAll(more);
        return new ApiResponse(response.status(), headers, response.body());
    }

    /** What can be asked for, and how. */
    private enum Route {
        HEALTH("GET", "/health"),
        MODELS("GET", "/v1/models"),
        POOL("GET", "/v1/pool"),
        CHAT("POST", "/v1/chat/completions");

        private static final List<Route> ALL = List.of(values());

        private final String method;
        private final String path;

        Route(String method, String path) {
            this.method = method;
            this.path = path;
        }

        static Optional<Route> at(String path) {
            return ALL.stream().filter(route -> route.path.equals(path)).findFirst();
        }

        boolean takes(String method) {
            return this.method.equals(method) || (this.method.equals("GET") && method.equals("HEAD"));
        }

        String method() {
            return method;
        }
    }
}
