package ailb.lambda;

import ailb.api.AnswerLimits;
import ailb.api.Api;
import ailb.api.ApiRequest;
import ailb.api.ClientKeys;
import ailb.batch.BatchQueue;
import ailb.batch.BatchStore;
import ailb.dispatch.ApiKeys;
import ailb.dispatch.Deadline;
import ailb.dispatch.TimeSource;
import ailb.dispatch.Upstream;
import ailb.pool.Endpoint;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.protocol.Headers;
import ailb.protocol.ProviderRequest;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.Guard;
import ailb.state.InMemoryStateStore;
import ailb.state.StateStore;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Runs through what a request runs through, before a snapshot is taken, so that the first request of an instance finds
 * its classes loaded. Asks for no key and leaves the shared state as it is.
 */
final class Priming {

    private static final String OPENAI_ANSWER = """
            {"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":\
            {"role":"assistant","content":"."},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,\
            "completion_tokens":1,"total_tokens":2}}""";
    private static final String ANTHROPIC_ANSWER = """
            {"id":"1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"."}],\
            "stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}""";
    private static final String KEY = "a key for priming, which no store knows";
    private static final URI NOBODY = URI.create("http://127.0.0.1:1/");

    private final Pool pool;
    private final StateStore store;
    private final BatchStore batchStore;
    private final BatchQueue batchQueue;
    private final Upstream upstream;
    private final TimeSource time;

    Priming(
            Pool pool,
            StateStore store,
            BatchStore batchStore,
            BatchQueue batchQueue,
            Upstream upstream,
            TimeSource time) {
        this.pool = pool;
        this.store = store;
        this.batchStore = batchStore;
        this.batchQueue = batchQueue;
        this.upstream = upstream;
        this.time = time;
    }

    /** Never fails: an instance that is not primed is only slower. */
    void run() {
        try {
            requests();
            store.read(pool.endpoints().stream().map(Endpoint::name).toList());
            store.update("priming", neverMade());
            upstream.call(new ProviderRequest(NOBODY, Map.of(), new byte[0]), Duration.ofMillis(200));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            System.getLogger(Priming.class.getName())
                    .log(System.Logger.Level.WARNING, "not fully primed: " + e.getMessage());
        }
    }

    /** A request for every endpoint, on a store of its own and a provider that only pretends. */
    private void requests() {
        for (Endpoint endpoint : pool.endpoints()) {
            Pool alone = new Pool(List.of(endpoint), pool.settings());
            Api api = Wiring.api(
                    alone, new InMemoryStateStore(), answering(endpoint.provider()), new PretendKeys(),
                    new PretendClients(), batchStore, batchQueue, Duration.ofDays(1), time, new Random(),
                    AnswerLimits.NONE, () -> {}, _ -> {});
            String body = "{\"model\":\"" + endpoint.models().getFirst()
                    + "\",\"messages\":[{\"role\":\"user\",\"content\":\".\"}]}";
            api.handle(
                    new ApiRequest(
                            "POST",
                            "/v1/chat/completions",
                            "",
                            new Headers(Map.of("authorization", "Bearer " + KEY)),
                            body.getBytes(StandardCharsets.UTF_8)),
                    Deadline.in(Duration.ofSeconds(10), time));
        }
    }

    private static Upstream answering(Provider provider) {
        String answer =
                switch (provider) {
                    case OPENAI -> OPENAI_ANSWER;
                    case ANTHROPIC -> ANTHROPIC_ANSWER;
                };
        return (_, _) -> new Upstream.Reply(200, Headers.NONE, answer.getBytes(StandardCharsets.UTF_8));
    }

    /** Goes all the way to the table and back, and is refused there: no item has such a generation. */
    private static ConditionalUpdate neverMade() {
        return ConditionalUpdate.builder()
                .guard(Guard.equal(Attribute.GENERATION, Long.MAX_VALUE))
                .put(Attribute.GENERATION, 0)
                .build();
    }

    private static final class PretendKeys implements ApiKeys {

        @Override
        public Lookup get(String name) {
            return new ApiKey(KEY);
        }

        @Override
        public Lookup refresh(String name, ApiKey refused) {
            return refused;
        }
    }

    private static final class PretendClients implements ClientKeys {

        @Override
        public Map<String, String> current() {
            return Map.of("priming", KEY);
        }

        @Override
        public Map<String, String> refreshed() {
            return current();
        }
    }
}
