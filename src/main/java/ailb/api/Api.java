package ailb.api;

import static ailb.api.Responses.error;
import static ailb.api.Responses.json;
import static ailb.api.Responses.withHeaders;

import ailb.api.Route.Call;
import ailb.batch.Batches;
import ailb.batch.Caller;
import ailb.dispatch.DispatchResult;
import ailb.dispatch.Dispatcher;
import ailb.dispatch.permit.PoolView;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.port.Deadline;
import ailb.port.FatalError;
import ailb.port.TimeSource;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.protocol.error.ApiError;
import ailb.protocol.wire.RequestKind;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Answers requests: finds the route, checks the key, and lets the dispatcher do the work. Safe for many threads. */
public final class Api {

    /** Maximum size of a request body in bytes: a Lambda function cannot receive more. */
    public static final int MAX_BODY = 6 * 1024 * 1024;

    /**
     * The vendors' SDKs sleep for any Retry-After, even hours. If the wait is longer than this, they are told not to
     * retry.
     */
    private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

    static final ApiError BUG = ApiError.internal("The balancer failed to handle this request; see its log.");

    static final ApiError SHUTTING_DOWN =
            ApiError.unavailable("The balancer is shutting down; retry.", "shutting_down");

    private static final System.Logger LOG = System.getLogger(Api.class.getName());

    private final Pool pool;
    private final Dispatcher dispatcher;
    private final PoolLimits limits;
    private final ClientAuth auth;
    private final TimeSource time;
    private final RandomGenerator ids;
    private final AnswerLimits answers;
    private final RefusedKeys refusedKeys;
    private final List<Route> routes;

    /** @param ids random numbers for ids, which must be unpredictable; used by many threads at once */
    public Api(
            Pool pool,
            Dispatcher dispatcher,
            CallerKeys keys,
            Batches batches,
            TimeSource time,
            RandomGenerator ids,
            AnswerLimits answers,
            RefusedKeys refusedKeys) {
        this.pool = pool;
        this.dispatcher = dispatcher;
        this.limits = new PoolLimits(pool, dispatcher, time);
        this.auth = new ClientAuth(keys);
        this.time = time;
        this.ids = ids;
        this.answers = answers;
        this.refusedKeys = refusedKeys;
        this.routes = routes(batches);
    }

    /** Answers one request before the deadline. Every error becomes a response; none is thrown. */
    public ApiAnswer handle(ApiRequest request, Deadline deadline) {
        String id = newId();
        ApiAnswer answer = new RequestNames(id, "").call(() -> answer(request, deadline, id));
        return switch (answer) {
            case ApiResponse response ->
                withId(answers.fits(response) ? response : answerTooLarge(request), id);
            case ApiStream stream -> stream;
        };
    }

    private ApiAnswer answer(ApiRequest request, Deadline deadline, String id) {
        try {
            return route(request, deadline, id);
        } catch (RuntimeException | Error e) {
            FatalError.rethrow(e);
            LOG.log(System.Logger.Level.ERROR, "a bug in the balancer, found by request " + id, e);
            return error(BUG, protocol(request));
        }
    }

    /** Not retryable: the answer has been paid for, and a retry would be paid for again. */
    private ApiResponse answerTooLarge(ApiRequest request) {
        return error(ApiError.answerTooLarge(answers.bytes()), protocol(request));
    }

    /**
     * The caller's protocol, which its errors use: known from the path, or else from a header that Anthropic's clients
     * always send.
     */
    private static Provider protocol(ApiRequest request) {
        String path = request.versionedPath();
        if (path.startsWith(RequestKind.MESSAGES.path())) {
            return Provider.ANTHROPIC;
        }
        boolean isOpenAis = path.startsWith(BatchRoutes.PATH)
                || Arrays.stream(RequestKind.values()).anyMatch(kind -> kind.path().equals(path));
        return isOpenAis || request.headers().get("anthropic-version").isEmpty()
                ? Provider.OPENAI
                : Provider.ANTHROPIC;
    }

    private String newId() {
        return "req_" + HexFormat.of().toHexDigits(ids.nextLong());
    }

    private static ApiResponse withId(ApiResponse response, String id) {
        return withHeaders(response, named(id));
    }

    private static Map<String, String> named(String id) {
        return Map.of("x-request-id", id, "request-id", id); // OpenAI's name and Anthropic's
    }

    private ApiAnswer route(ApiRequest request, Deadline deadline, String id) {
        List<String> path = Route.segments(request.versionedPath());
        List<Route> there =
                routes.stream().filter(route -> route.parameters(path).isPresent()).toList();
        if (there.isEmpty()) {
            return error(ApiError.notFound(request.method(), request.path()), protocol(request));
        }
        Optional<Route> route =
                there.stream().filter(one -> one.takes(request.method())).findFirst();
        if (route.isEmpty()) {
            return withHeaders(
                    error(ApiError.methodNotAllowed(request.method(), request.path()), protocol(request)),
                    Map.of("allow", there.stream().map(Route::method).collect(Collectors.joining(", "))));
        }
        if (request.body().length > MAX_BODY) {
            return error(ApiError.tooLarge(MAX_BODY), protocol(request));
        }
        List<String> parameters = route.get().parameters(path).orElseThrow();
        return switch (route.get().answer()) {
            case Route.Open(Supplier<ApiAnswer> answer) -> answer.get();
            case Route.WithKey(Function<Call, ApiAnswer> answer) ->
                authenticated(request, caller -> answer(answer, new Call(request, parameters, deadline, id, caller)));
        };
    }

    private ApiAnswer authenticated(ApiRequest request, Function<Caller, ApiAnswer> answer) {
        return switch (auth.authenticate(request.headers())) {
            case ClientAuth.Refused(ApiError error) -> {
                refusedKeys.keyRefused();
                yield error(error, protocol(request));
            }
            case ClientAuth.Unavailable(ApiError error) -> error(error, protocol(request));
            case ClientAuth.Known(Caller caller) -> answer.apply(caller);
        };
    }

    private static ApiAnswer answer(Function<Call, ApiAnswer> answer, Call call) {
        ApiRequest request = call.request();
        Optional<String> encoding = request.headers()
                .get("content-encoding")
                .filter(given -> !given.equalsIgnoreCase("identity"));
        if (encoding.isPresent()) {
            return error(ApiError.unsupportedEncoding(encoding.get()), protocol(request));
        }
        RequestNames names = new RequestNames(call.id(), call.caller().name());
        return switch (names.<ApiAnswer, RuntimeException>call(() -> answer.apply(call))) {
            case ApiResponse response -> response;
            case ApiStream stream ->
                (ApiStream) caller -> names.<Object, InterruptedException>call(() -> {
                    stream.sendTo(caller);
                    return call.id();
                });
        };
    }

    private List<Route> routes(Batches batches) {
        List<Route> own = List.of(
                Route.open("GET", "/v1/health",
                        () -> json(200, "{\"status\":\"ok\"}".getBytes(StandardCharsets.UTF_8))),
                Route.withKey("GET", "/v1/models", call -> json(200, Models.list(pool, protocol(call.request())))),
                Route.withKey("GET", "/v1/models/{model...}", this::model),
                Route.withKey("GET", "/v1/pool", call -> json(200, Bodies.bytes(statistics(call.caller())))));
        Stream<Route> operations = Arrays.stream(RequestKind.values())
                .map(kind -> Route.withKey("POST", kind.path(), call -> ask(kind, call)));
        return Stream.of(
                own.stream(), operations,
                new BatchRoutes(batches, this::statistics, time, answers.bytes()).all().stream())
                .flatMap(routes -> routes)
                .toList();
    }

    private ApiResponse model(Call call) {
        String name = call.parameters().getFirst();
        Provider protocol = protocol(call.request());
        return Models.one(pool, name, protocol)
                .map(model -> json(200, model))
                .orElseGet(() -> error(ApiError.modelNotFound(name), protocol));
    }

    private ObjectNode statistics(Caller caller) {
        PoolView view = dispatcher.view();
        view.refresh();
        long now = time.now();
        String stateStore = Bodies.stateStore(dispatcher.storeDownSince(), view.readAt(), now);
        return switch (caller) {
            case Caller.Client _ ->
                Bodies.pool(
                        pool, stateStore, view::state,
                        endpoint -> dispatcher.missingKey(endpoint).map(_ -> Bodies.KEY_MISSING), now);
            case Caller.Admin _ ->
                PoolCosts.addTo(
                        Bodies.pool(pool, stateStore, view::state, dispatcher::missingKey, now), pool, view::state,
                        now);
        };
    }

    private ApiAnswer ask(RequestKind kind, Call call) {
        return switch (ModelRequest.parse(kind, call.request().headers(), call.request().body())) {
            case Parsed.Invalid(ApiError error) -> error(error, kind.protocol());
            case Parsed.Valid(ModelRequest request) when request.isStream() ->
                new StreamedAnswer(
                        dispatcher, request, call.deadline(), () -> headers(request, call.id()), answers.bytes());
            case Parsed.Valid(ModelRequest request) -> whole(request, call.deadline());
        };
    }

    private Map<String, String> headers(ModelRequest request, String id) {
        Map<String, String> headers = new HashMap<>(limits.headers(request));
        headers.putAll(named(id));
        return headers;
    }

    /** Nothing is sent before the answer is complete, so it must be complete before the front end gives up. */
    private ApiResponse whole(ModelRequest request, Deadline deadline) {
        Provider protocol = request.kind().protocol();
        Deadline silence = Deadline.in(answers.silence(), time);
        boolean isSooner = silence.end() < deadline.end();
        try {
            DispatchResult result = dispatcher.dispatch(request, isSooner ? silence : deadline);
            return withHeaders(response(isSooner ? advised(result) : result, protocol), limits.headers(request));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return error(SHUTTING_DOWN, protocol);
        }
    }

    /** Adds advice to an error: a stream would have had more time. */
    private DispatchResult advised(DispatchResult result) {
        return result instanceof DispatchResult.Declined(int attempts, ApiError error, var retryAfter)
                && error.status() == ApiError.TIMEOUT
                        ? new DispatchResult.Declined(attempts,
                                error.with("An answer that is not streamed must be complete within "
                                        + answers.silence().toSeconds()
                                        + " s: with \"stream\": true it may take longer."),
                                retryAfter)
                        : result;
    }

    /** @throws IllegalArgumentException if the result has already been sent */
    static ApiResponse response(DispatchResult result, Provider protocol) {
        return switch (result) {
            case DispatchResult.Answered(String endpoint, int attempts, byte[] body) ->
                withHeaders(json(200, body), trace(endpoint, attempts));
            case DispatchResult.PassedOn(String endpoint, int attempts, int status, byte[] body) ->
                withHeaders(json(status, body), trace(endpoint, attempts));
            case DispatchResult.Declined(int attempts, ApiError error, Optional<Duration> retryAfter) -> {
                Map<String, String> headers = new HashMap<>();
                headers.put("x-lb-attempts", Integer.toString(attempts));
                retryAfter.ifPresent(wait -> headers.putAll(retryAfter(wait)));
                yield withHeaders(error(error, protocol), headers);
            }
            case DispatchResult.Streamed _,DispatchResult.HungUp _ ->
                throw new IllegalArgumentException("it has been sent");
        };
    }

    static Map<String, String> trace(String endpoint, int attempts) {
        return Map.of("x-lb-endpoint", endpoint, "x-lb-attempts", Integer.toString(attempts));
    }

    /** Rounded up: a caller that waits this long must not be early. */
    private static Map<String, String> retryAfter(Duration wait) {
        long millis = Math.ceilDiv(wait.toNanos(), 1_000_000);
        Map<String, String> headers = new HashMap<>(Map.of(
                "retry-after", Long.toString(Math.max(1, Math.ceilDiv(millis, 1000))),
                "retry-after-ms", Long.toString(millis)));
        if (wait.compareTo(LONGEST_SLEEP) > 0) {
            headers.put("x-should-retry", "false");
        }
        return headers;
    }

    /**
     * The response to a body over {@link #MAX_BODY} that the front end has not read.
     *
     * @param request without the body
     */
    public ApiResponse tooLarge(ApiRequest request) {
        return withId(error(ApiError.tooLarge(MAX_BODY), protocol(request)), newId());
    }

    /** The response to a body that the front end could not decode. */
    public ApiResponse malformedBody() {
        return withId(error(ApiError.invalidJson("the gateway marked it as base64, but it is not base64")), newId());
    }

    /** The response when the front end itself fails: a bug. */
    public ApiResponse internalError(ApiRequest request) {
        return withId(error(BUG, protocol(request)), newId());
    }
}
