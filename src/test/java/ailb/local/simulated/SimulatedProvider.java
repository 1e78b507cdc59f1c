package ailb.local.simulated;

import static java.nio.charset.StandardCharsets.UTF_8;

import ailb.api.ApiAnswer;
import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.http.HttpServer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/**
 * A provider on loopback that answers, keeps its limits, and fails when it is told to at {@code /simulate}: GET shows
 * how it does, PUT tells it how to behave (see {@link Mode}).
 */
public final class SimulatedProvider implements AutoCloseable {

    private static final String ADMIN_PATH = "/simulate";
    private static final int MAX_BODY = 32 << 20;
    private static final Duration LATE = Duration.ofSeconds(5);
    private static final Duration LONGEST_HANG = Duration.ofMinutes(15);
    private static final JsonMapper MAPPER = new JsonMapper();

    private final String name;
    private final String model;
    private final ProviderApi api;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final AtomicReference<Behaviour> behaviour;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong lastCall = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicReference<CountDownLatch> nextChange = new AtomicReference<>(new CountDownLatch(1));
    private final HttpServer server;
    private volatile Duration betweenEvents = Duration.ofMillis(20);

    private SimulatedProvider(
            String name, String model, ProviderApi api, InstantSource clock, RandomGenerator random)
            throws IOException {
        this.name = name;
        this.model = model;
        this.api = api;
        this.clock = clock;
        this.random = random;
        this.behaviour = new AtomicReference<>(Behaviour.normal("key-of-" + name));
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        ApiResponse tooLarge = message(413, "too large");
        this.server = HttpServer.start(address, MAX_BODY, this::handle, _ -> tooLarge, _ -> api.serverError());
    }

    /**
     * A provider that speaks as OpenAI does.
     *
     * @param random used by many threads at once
     */
    public static SimulatedProvider openAi(
            String name, long requestsPerMinute, long tokensPerMinute, InstantSource clock, RandomGenerator random)
            throws IOException {
        ProviderApi api = new OpenAiApi(requestsPerMinute, tokensPerMinute);
        return new SimulatedProvider(name, "simulated-gpt", api, clock, random);
    }

    /**
     * A provider that speaks as Anthropic does.
     *
     * @param random used by many threads at once
     */
    public static SimulatedProvider anthropic(
            String name,
            long requestsPerMinute,
            long inputTokensPerMinute,
            long outputTokensPerMinute,
            InstantSource clock,
            RandomGenerator random)
            throws IOException {
        ProviderApi api = new AnthropicApi(
                requestsPerMinute, inputTokensPerMinute, outputTokensPerMinute, clock.instant());
        return new SimulatedProvider(name, "simulated-claude", api, clock, random);
    }

    public String name() {
        return name;
    }

    /** The one model it knows. */
    public String model() {
        return model;
    }

    /** The API key it takes. */
    public String key() {
        return behaviour.get().key();
    }

    public URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.address().getPort() + "/v1");
    }

    /** How long answers take from now on; zero to measure what calls it. */
    public void setLatency(Duration min, Duration max) {
        behaviour.updateAndGet(old -> old.withLatency(min, max));
    }

    /** How long a stream pauses after each event from now on. */
    public void setPause(Duration pause) {
        betweenEvents = pause;
    }

    /** Requests refused for a limit. */
    public long refused() {
        return refused.get();
    }

    /** Answers one request, or does what it was told to do instead. */
    public ApiAnswer handle(ApiRequest request) {
        if (request.path().equals(ADMIN_PATH)) {
            return administer(request);
        }
        requests.incrementAndGet();
        ApiAnswer answer = respond(request);
        if (answer instanceof ApiResponse response && response.status() == 429) {
            refused.incrementAndGet();
        } else if (!(answer instanceof ApiResponse response) || response.status() == 200) {
            answered.incrementAndGet();
        }
        return answer;
    }

    /** GET shows the provider, PUT tells it how to behave. */
    public ApiResponse administer(ApiRequest request) {
        return switch (request.method()) {
            case "GET" -> new ApiResponse(200, Map.of("content-type", "application/json"), bytes(status()));
            case "PUT" -> tell(request.body());
            default -> message(405, "GET or PUT");
        };
    }

    private ApiResponse tell(byte[] body) {
        Optional<JsonNode> instruction = json(body);
        try {
            Instant now = clock.instant();
            behaviour.updateAndGet(old -> old.told(instruction.orElseGet(MAPPER::missingNode), now));
            nextChange.getAndSet(new CountDownLatch(1)).countDown();
        } catch (IllegalArgumentException e) {
            return message(400, "the instruction " + e.getMessage());
        }
        return new ApiResponse(200, Map.of("content-type", "application/json"), bytes(status()));
    }

    /** How it does, and how it behaves. */
    public ObjectNode status() {
        Instant now = clock.instant();
        ObjectNode status = MAPPER.createObjectNode().put("name", name).put("base_url", baseUrl().toString());
        behaviour.get().show(status, now);
        status.put("requests", requests.get()).put("answered", answered.get()).put("refused", refused.get());
        ObjectNode remaining = status.putObject("remaining");
        new TreeMap<>(api.remaining(now)).forEach(remaining::put);
        return status;
    }

    private ApiAnswer respond(ApiRequest request) {
        Instant now = clock.instant();
        return switch (behaviour.get().mode(now)) {
            case OK, BREAK_OFF -> serve(request, now, Duration.ZERO);
            case SLOW -> serve(request, now, LATE);
            case FAIL -> api.serverError();
            case OVERLOADED -> api.overloaded();
            case UNAUTHORIZED -> api.wrongKey(api.key(request));
            case RATE_LIMITED -> api.rateLimited(LATE, now);
            case GARBAGE -> new ApiResponse(
                    200, Map.of("content-type", "application/json"), "{\"id\":\"sim\",\"cho".getBytes(UTF_8));
            case HANG -> {
                hang();
                yield api.serverError();
            }
        };
    }

    private ApiAnswer serve(ApiRequest request, Instant now, Duration delay) {
        Optional<Dialect> dialect = api.at(request.path());
        if (!request.method().equals("POST") || dialect.isEmpty()) {
            return api.unknownPath(request.method(), request.path());
        }
        Behaviour told = behaviour.get();
        if (!api.key(request).equals(Optional.of(told.key()))) {
            return api.wrongKey(api.key(request));
        }
        Optional<JsonNode> body = json(request.body()).filter(JsonNode::isObject);
        if (body.isEmpty()) {
            return api.notJson();
        }
        return api.headFault(request)
                .or(() -> dialect.get().fault(body.get()))
                .<ApiAnswer>map(api::refused)
                .orElseGet(() -> serve(dialect.get(), body.get(), now, delay.plus(latency(told))));
    }

    private ApiAnswer serve(Dialect dialect, JsonNode body, Instant now, Duration delay) {
        String asked = body.path("model").textValue();
        if (!asked.equals(model)) {
            return api.unknownModel(asked);
        }
        Call call = dialect.call(name + "-" + lastCall.incrementAndGet(), name, model, body);
        Optional<ApiResponse> refusal = dialect.isFree() ? Optional.empty() : api.take(call, now);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        pause(delay);
        Instant then = clock.instant();
        return body.path("stream").asBoolean()
                ? stream(dialect.events(call, body, then), then)
                : api.reply(200, dialect.answer(call, body, then), api.limitHeaders(then));
    }

    private ApiAnswer stream(List<String> events, Instant now) {
        boolean isBroken = behaviour.get().mode(now) == Mode.BREAK_OFF;
        List<String> sent = isBroken ? events.subList(0, events.size() / 2) : events;
        Map<String, String> headers = new HashMap<>(api.limitHeaders(now));
        headers.put("content-type", "text/event-stream; charset=utf-8");
        return new StreamedAnswer(headers, sent, () -> pause(betweenEvents));
    }

    private Duration latency(Behaviour told) {
        long spread = told.maxLatency().minus(told.minLatency()).toNanos();
        return told.minLatency().plusNanos((long) (random.nextDouble() * spread));
    }

    /** Waits until this mode ends, or the provider does. */
    private void hang() {
        CountDownLatch change = nextChange.get(); // taken first: a change from here on ends the wait
        Behaviour told = behaviour.get();
        Instant now = clock.instant();
        while (told.mode(now) == Mode.HANG
                && closed.getCount() > 0
                && !Thread.currentThread().isInterrupted()) {
            Duration left = Duration.between(now, told.until());
            await(change, left.compareTo(LONGEST_HANG) < 0 ? left : LONGEST_HANG);
            change = nextChange.get();
            told = behaviour.get();
            now = clock.instant();
        }
    }

    /** Waits, though not past the end of this provider. */
    private void pause(Duration time) {
        await(closed, time);
    }

    private static void await(CountDownLatch latch, Duration time) {
        try {
            var _ = latch.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it; calls it holds up are let go at once. */
    @Override
    public void close() {
        closed.countDown();
        nextChange.get().countDown();
        server.close();
    }

    private static Optional<JsonNode> json(byte[] body) {
        try {
            return Optional.ofNullable(MAPPER.readTree(body)).filter(node -> !node.isMissingNode());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static ApiResponse message(int status, String text) {
        ObjectNode body = MAPPER.createObjectNode().put("error", text);
        return new ApiResponse(status, Map.of("content-type", "application/json"), bytes(body));
    }

    private static byte[] bytes(ObjectNode body) {
        return (body + "\n").getBytes(UTF_8);
    }

    @Override
    public String toString() {
        return "SimulatedProvider[" + name + "]";
    }
}
