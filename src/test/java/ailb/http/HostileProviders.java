package ailb.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import ailb.api.AnswerLimits;
import ailb.api.Api;
import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.api.CallerKeys;
import ailb.api.FixedClientKeys;
import ailb.api.Sent;
import ailb.batch.InMemoryBatchQueue;
import ailb.batch.InMemoryBatchStore;
import ailb.dispatch.FixedKeys;
import ailb.lambda.SystemTime;
import ailb.lambda.Wiring;
import ailb.pool.Endpoint;
import ailb.pool.EndpointBuilder;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.port.Deadline;
import ailb.port.DispatchEvent;
import ailb.port.TimeSource;
import ailb.protocol.wire.Headers;
import ailb.state.InMemoryStateStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A program that puts each hostile provider before a healthy one, and alone. It ends at the first request that is not
 * answered as it should be.
 */
final class HostileProviders {

    static final String WELL = "all are answered";

    private static final String KEY = "0123456789012345678901234567890123456789";

    /** What may be under way in the buffers of both ends beside what was read. */
    private static final long BUFFERED = 12 << 20;

    /** The last is Anthropic's. */
    private static final Set<Integer> NO_ENDPOINT = Set.of(502, 503, 529);

    private static final long MOST_READ = 16 << 20;

    private final TimeSource time = new SystemTime();
    private final HttpUpstream upstream = new HttpUpstream();
    private final Queue<DispatchEvent> told = new ConcurrentLinkedQueue<>();
    private final HostileReply reply;
    private final Provider provider;

    private HostileProviders(HostileReply reply, Provider provider) {
        this.reply = reply;
        this.provider = provider;
    }

    /** Whole for callers of one protocol and streamed for those of the other, in turns. */
    public static void main(String[] args) throws IOException {
        List<HostileReply> replies = HostileReply.all();
        for (Provider provider : Provider.values()) {
            for (int i = 0; i < replies.size(); i++) {
                new HostileProviders(replies.get(i), provider).run(i % 2 == 0);
            }
        }
        System.out.println(WELL);
    }

    private void run(boolean streamsChat) throws IOException {
        run("/v1/chat/completions", streamsChat);
        run("/v1/messages", !streamsChat);
    }

    private void run(String path, boolean streamed) throws IOException {
        run(reply.name() + " from " + provider + " to " + path + (streamed ? ", streamed" : ""), path, streamed);
    }

    private void run(String name, String path, boolean streamed) throws IOException {
        told.clear();
        long start = time.monotonic();
        try (FaultyServer hostile = FaultyServer.running(reply.script());
                FaultyServer healthy = FaultyServer.running(healthy(streamed))) {
            ApiResponse answer = answer(path, streamed, endpoint("hostile", 1_000_000, hostile),
                    endpoint("healthy", 0.001, healthy));
            check(answer.status() == 200 && text(answer).contains("I am well"), name, answer);
            isCounted(name, hostile);

            ApiResponse refusal = answer(path, streamed, endpoint("hostile", 1, hostile));
            check(NO_ENDPOINT.contains(refusal.status()) && text(refusal).contains("\"error\""),
                    name + ", alone", refusal);
        }
        System.out.printf("%s: %d ms%n", name, (time.monotonic() - start) / 1_000_000);
    }

    private void isCounted(String name, FaultyServer hostile) {
        boolean isCounted = told.stream()
                .anyMatch(event -> event instanceof DispatchEvent.Failed(String endpoint, _, FailureClass failure, _, _)
                        && endpoint.equals("hostile")
                        && (failure == FailureClass.TRANSPORT || failure == FailureClass.TIMEOUT));
        long sent = hostile.connections().stream().mapToLong(FaultyServer.Connection::sent).max().orElse(0);
        if (!isCounted || sent > MOST_READ + BUFFERED) {
            throw new AssertionError(name + ": " + sent + " bytes, " + told);
        }
    }

    private static void check(boolean holds, String name, ApiResponse answer) {
        if (!holds) {
            String text = text(answer);
            throw new AssertionError(
                    name + ": " + answer.status() + " " + text.substring(0, Math.min(500, text.length())));
        }
    }

    private static String text(ApiResponse answer) {
        return new String(answer.body(), UTF_8);
    }

    private Endpoint endpoint(String name, double weight, FaultyServer server) {
        return new EndpointBuilder(name)
                .provider(provider)
                .baseUrl(server.uri().resolve("/v1"))
                .weight(weight)
                .build();
    }

    private ApiResponse answer(String path, boolean streamed, Endpoint... endpoints) {
        Pool pool = Endpoints.pool(endpoints);
        Random random = new Random(1);
        Api api = Wiring.api(
                pool, new InMemoryStateStore(), upstream, new FixedKeys(),
                new CallerKeys(new FixedClientKeys(Map.of("default", KEY)), FixedClientKeys.NONE),
                new InMemoryBatchStore(),
                new InMemoryBatchQueue(time, random), Duration.ofDays(1), time, random, random, AnswerLimits.NONE,
                () -> {}, told::add);
        String body = "{\"model\":\"chat\",\"max_tokens\":50,\"stream\":" + streamed
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"How are you?\"}]}";
        Headers headers = new Headers(Map.of("authorization", "Bearer " + KEY));
        return Sent.whole(api.handle(
                new ApiRequest("POST", path, "", headers, body.getBytes(UTF_8)),
                Deadline.in(Duration.ofMinutes(2), time)));
    }

    private FaultyServer.Script healthy(boolean streamed) {
        String answer = streamed ? HealthyReply.streamed(provider) : HealthyReply.whole(provider);
        String type = streamed ? "text/event-stream" : "application/json";
        return connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Length: " + answer.length()
                    + "\r\n\r\n" + answer);
            connection.hang();
        };
    }
}
