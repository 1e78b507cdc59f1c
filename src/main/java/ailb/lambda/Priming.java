package ailb.lambda;

import ailb.api.AnswerLimits;
import ailb.api.Api;
import ailb.api.ApiRequest;
import ailb.api.CallerKeys;
import ailb.api.ClientKeys;
import ailb.batch.BatchQueue;
import ailb.batch.BatchStore;
import ailb.pool.Endpoint;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.port.ApiKeys;
import ailb.port.Deadline;
import ailb.port.TimeSource;
import ailb.port.Upstream;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderRequest;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.Guard;
import ailb.state.InMemoryStateStore;
import ailb.state.StateStore;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Runs a request's code before a snapshot is taken, so that an instance has its classes loaded when the first request
 * comes. It asks for no key and does not change the shared state.
 */
final class Priming {

    private static final String OPENAI_ANSWER = """
            {"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":\
            {"role":"assistant","content":"."},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,\
            "completion_tokens":1,"total_tokens":2}}""";
    private static final String ANTHROPIC_ANSWER = """
            {"id":"1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"."}],\
            "stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}""";
    private static final String OPENAI_STREAM = """
            data: {"id":"1","choices":[{"index":0,"delta":{"role":"assistant","content":"."},"finish_reason":"stop"}]}

            data: [DONE]

            """;
    private static final String ANTHROPIC_STREAM = """
            data: {"type":"message_start","message":{"id":"1","model":"m","usage":{"input_tokens":1,"output_tokens":1}}}

            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"."}}

            data: {"type":"content_block_stop","index":0}

            data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}

            data: {"type":"message_stop"}

            """;
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
        } catch (IOException | RuntimeException e) {
            System.getLogger(Priming.class.getName())
                    .log(System.Logger.Level.WARNING, "not fully primed: " + e.getMessage());
        }
    }

    /** Answers a chat by each endpoint, whole and streamed, with a state store and a provider in memory. */
    private void requests() throws IOException {
        GatewayConnection nobody = new GatewayConnection(OutputStream.nullOutputStream(), 0);
        for (Endpoint endpoint : pool.endpoints()) {
            Pool alone = new Pool(List.of(endpoint), pool.settings());
            Api api = Wiring.api(
                    alone, new InMemoryStateStore(), new Pretended(endpoint.provider()), new PretendKeys(),
                    new CallerKeys(new PretendClients(Map.of("priming", KEY)), new PretendClients(Map.of())),
                    batchStore,
                    batchQueue, Duration.ofDays(1), time, new Random(), new Random(), AnswerLimits.NONE, () -> {},
                    _ -> {});
            for (String stream : List.of("false", "true")) {
                ApiRequest request = GatewayEvents.read(event(endpoint.models().getFirst(), stream))
                        .flatMap(GatewayEvents::request)
                        .orElseThrow();
                ApiHandler.send(api.handle(request, Deadline.in(Duration.ofSeconds(10), time)), nobody);
            }
        }
    }

    /** An event as the gateway sends it. */
    private static InputStream event(String model, String stream) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("httpMethod", "POST").put("path", "/chat/completions");
        event.putObject("headers").put("authorization", "Bearer " + KEY);
        event.put("body", "{\"stream\":" + stream + ",\"model\":" + TextNode.valueOf(model)
                + ",\"messages\":[{\"role\":\"user\",\"content\":\".\"}]}");
        event.putObject("requestContext").put("requestTimeEpoch", 1);
        return new ByteArrayInputStream(event.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** A provider in memory that answers everything at once. */
    private record Pretended(Provider provider) implements Upstream {

        @Override
        public Result call(ProviderRequest request, Duration timeout) {
            return new Reply(200, Headers.NONE, bytes(switch (provider) {
                case OPENAI -> OPENAI_ANSWER;
                case ANTHROPIC -> ANTHROPIC_ANSWER;
            }));
        }

        @Override
        public Pending open(ProviderRequest request, Duration timeout) {
            byte[] events = bytes(switch (provider) {
                case OPENAI -> OPENAI_STREAM;
                case ANTHROPIC -> ANTHROPIC_STREAM;
            });
            return Pending.of(new Streaming(200, Headers.NONE, new Body() {
                @Override
                public Piece next(Duration longest) {
                    return new Bytes(events);
                }

                @Override
                public void close() {
                    // holds nothing
                }
            }));
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Makes a write that the table rejects, because no item has such a generation. */
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

    private record PretendClients(Map<String, String> keys) implements ClientKeys {

        @Override
        public Map<String, String> current() {
            return keys;
        }

        @Override
        public Map<String, String> refreshed() {
            return keys;
        }
    }
}
