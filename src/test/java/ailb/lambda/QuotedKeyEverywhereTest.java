package ailb.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.api.AnswerLimits;
import ailb.api.Api;
import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.api.CallerKeys;
import ailb.api.FixedClientKeys;
import ailb.api.Sent;
import ailb.batch.BatchWorker;
import ailb.batch.InMemoryBatchQueue;
import ailb.batch.InMemoryBatchStore;
import ailb.batch.QueueMessage;
import ailb.dispatch.FixedKeys;
import ailb.http.FaultyServer;
import ailb.http.HttpUpstream;
import ailb.pool.EndpointBuilder;
import ailb.pool.Endpoints;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.port.ApiKeys;
import ailb.port.Deadline;
import ailb.port.TimeSource;
import ailb.protocol.wire.Headers;
import ailb.state.InMemoryStateStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Providers on real sockets that quote the key they are called with, in all they may say. All that leaves the balancer is
 * searched: answers, streams, results of batches, dead letters, and both of its logs.
 */
@Timeout(120)
@Isolated("The log is everybody's.")
class QuotedKeyEverywhereTest {

    private static final String CLIENT_KEY = "0123456789012345678901234567890123456789";

    /** With characters that JSON may escape. */
    private static final String KEY = "sk-provider/\"1\"-0123456789abcdef";

    private static final String SUFFIX = "0123456789abcdef";

    private static final List<String> ERRORS = List.of(
            "400 invalid_request_error", "400 context_length_exceeded", "401 authentication_error",
            "403 permission_error", "404 not_found_error", "422 invalid_request_error", "429 rate_limit_error",
            "500 server_error", "529 overloaded_error", "200 server_error");

    /** Too short for a second look at an endpoint that has failed. */
    private static final Duration SHORT = Duration.ofMillis(1500);

    private static final int ROUNDS = 2;

    private final TimeSource time = new SystemTime();
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final List<String> leaves = new ArrayList<>();
    private final InMemoryBatchQueue queue = new InMemoryBatchQueue(time, new Random(1));

    @ParameterizedTest
    @EnumSource(Provider.class)
    void theKeyIsNowhere(Provider provider) throws Exception {
        try (Log _ = new Log(leaves)) {
            for (String words : words()) {
                for (String error : ERRORS) {
                    String body = "{\"type\":\"error\",\"error\":{\"message\":\"" + words + "\",\"type\":\""
                            + error.substring(4) + "\",\"code\":\"" + error.substring(4) + "\",\"param\":\"" + words
                            + "\"}}";
                    put(provider, reply(error.substring(0, 3), "application/json", body));
                }
                put(provider, reply("400", "text/html", "<p>" + words + "</p>"));
                put(provider, reply("200", "application/json", answer(provider, words)));
                put(provider, reply("200", "text/event-stream", "event: error\ndata: {\"type\":\"error\",\"error\":"
                        + "{\"type\":\"invalid_request_error\",\"message\":\"" + words + "\"}}\n\n"));
                put(provider, reply("200", "text/event-stream", stream(provider, words)));
            }
        }
        leaves.add(told.toString(UTF_8));
        queue.deadLetters().forEach(letter -> leaves.add(letter.reason() + letter.body()));

        assertThat(leaves).as("what has been redacted")
                .filteredOn(text -> text.contains("[redacted]"))
                .hasSizeGreaterThan(20);
        assertThat(queue.deadLetters()).isNotEmpty();
        for (String form : List.of(KEY, inJson(KEY), inJson(KEY).replace("/", "\\/"), SUFFIX)) {
            assertThat(leaves.stream().filter(text -> text.contains(form)).map(text -> around(text, form)))
                    .isEmpty();
        }
    }

    private static String around(String text, String form) {
        int at = text.indexOf(form);
        return text.substring(Math.max(0, at - 300), at + form.length());
    }

    /** What the search goes by: a key that nobody takes out is found. */
    @Test
    void theSearchFindsWhatIsThere() {
        assertThat(answer(Provider.OPENAI, inJson(KEY))).contains(SUFFIX);
    }

    private static List<String> words() {
        return List.of(
                "Incorrect API key provided: " + inJson(KEY),
                "Bearer " + inJson(KEY).replace("/", "\\/") + " is wrong");
    }

    private static String inJson(String text) {
        return text.replace("\"", "\\\"");
    }

    private static String answer(Provider provider, String words) {
        return switch (provider) {
            case OPENAI -> "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" + words
                    + "\"},\"finish_reason\":\"stop\"}]}";
            case ANTHROPIC -> "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\""
                    + words + "\"}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}";
        };
    }

    /** It answers, and then fails with the key in its words. */
    private static String stream(Provider provider, String words) {
        String begin = switch (provider) {
            case OPENAI -> "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + words + "\"}}]}\n\n";
            case ANTHROPIC ->
                "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":1}}}\n\n"
                        + "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
                        + "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
                        + "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
                        + "\"delta\":{\"type\":\"text_delta\",\"text\":\"" + words + "\"}}\n\n";
        };
        return begin + "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\""
                + words + "\"}}\n\n";
    }

    private static FaultyServer.Script reply(String status, String type, String body) {
        return connection -> {
            while (true) {
                connection.readRequest();
                connection.send("HTTP/1.1 " + status + " Status\r\nContent-Type: " + type + "\r\nContent-Length: "
                        + body.getBytes(UTF_8).length + "\r\n\r\n" + body);
            }
        };
    }

    /** Each kind of request to an endpoint of this provider, and a line of a batch until it has its result. */
    private void put(Provider provider, FaultyServer.Script reply) throws Exception {
        try (FaultyServer server = FaultyServer.running(reply)) {
            URI base = server.uri().resolve("/v1");
            Pool pool = Endpoints.pool(new EndpointBuilder("a").provider(provider).baseUrl(base).build());
            for (String path : List.of("/v1/chat/completions", "/v1/messages")) {
                for (boolean streamed : List.of(false, true)) {
                    call(pool, path, streamed);
                }
            }
            work(pool);
        }
    }

    private void call(Pool pool, String path, boolean streamed) {
        Random random = new Random(1);
        Api api = Wiring.api(
                pool, new InMemoryStateStore(), new HttpUpstream(), keys(),
                new CallerKeys(new FixedClientKeys(Map.of("default", CLIENT_KEY)), FixedClientKeys.NONE),
                new InMemoryBatchStore(), queue, Duration.ofDays(1), time, random, random, AnswerLimits.NONE, () -> {},
                log());
        Headers headers = new Headers(Map.of("authorization", "Bearer " + CLIENT_KEY));
        ApiResponse response = Sent.whole(api.handle(
                new ApiRequest("POST", path, "", headers, body(streamed).getBytes(UTF_8)),
                Deadline.in(SHORT, time)));
        leaves.add(response.headers() + new String(response.body(), UTF_8));
    }

    /** A line may come back: it is handed out until it is done, and a message that is none goes to the dead letters. */
    private void work(Pool pool) throws InterruptedException {
        InMemoryBatchStore store = new InMemoryBatchStore();
        BatchWorker worker = Wiring.worker(
                pool, new InMemoryStateStore(), new HttpUpstream(), keys(), store, queue, Duration.ofDays(1), time,
                new Random(1), log());
        List<QueueMessage> messages = List.of(
                new QueueMessage("1", "1", "{\"id\":\"line\",\"body\":" + body(false) + "}", 1, time.now()),
                new QueueMessage("2", "2", "no message", 1, time.now()));
        for (int round = 0; round < ROUNDS; round++) {
            worker.process(messages, Deadline.in(SHORT, time));
        }
        store.find("queue-line", time.now())
                .ifPresent(batch -> store.results(batch, 0, 1, Long.MAX_VALUE)
                        .forEach(result -> leaves.add(new String(result.json(), UTF_8))));
    }

    private static String body(boolean streamed) {
        return "{\"model\":\"chat\",\"max_tokens\":9,\"stream\":" + streamed
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    }

    private JsonLog log() {
        return new JsonLog(new PrintStream(told, true, UTF_8), time, "test");
    }

    private static FixedKeys keys() {
        return new FixedKeys().known("key-of-a", new ApiKeys.ApiKey(KEY));
    }

    /** What is logged by the JDK's logging, stack traces included. */
    private static final class Log extends Handler implements AutoCloseable {

        private final List<String> to;

        Log(List<String> to) {
            this.to = to;
            Logger.getLogger("").addHandler(this);
        }

        @Override
        public void publish(LogRecord entry) {
            to.add(entry.getMessage() + entry.getThrown());
        }

        @Override
        public void flush() {
            // nothing is kept back
        }

        @Override
        public void close() {
            Logger.getLogger("").removeHandler(this);
        }
    }
}
