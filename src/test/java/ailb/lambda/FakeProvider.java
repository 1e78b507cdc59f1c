package ailb.lambda;

import ailb.lambda.Loopback.Reply;
import ailb.lambda.Loopback.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** An LLM provider that answers in both protocols, refuses keys it does not know, and can be told to hang or to refuse. */
final class FakeProvider implements AutoCloseable {

    static final String WORDS = "It shares work among servers.";

    private static final String CHAT_COMPLETION = """
            {"id":"chatcmpl-1","object":"chat.completion","created":1780309800,"model":"gpt-4o-mini-2024-07-18",
             "choices":[{"index":0,"message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}],
             "usage":{"prompt_tokens":24,"completion_tokens":8,"total_tokens":32}}""".formatted(WORDS);
    private static final String MESSAGE = """
            {"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-4-5",
             "content":[{"type":"text","text":"%s"}],"stop_reason":"end_turn","stop_sequence":null,
             "usage":{"input_tokens":24,"output_tokens":8}}""".formatted(WORDS);

    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final String key;
    private final Loopback server;
    private volatile boolean hanging;
    private volatile Optional<Duration> retryAfter = Optional.empty();

    FakeProvider(String key) throws IOException {
        this.key = key;
        server = Loopback.serving(this::answer);
    }

    String baseUrl() {
        return "http://" + server.authority() + "/v1";
    }

    List<Request> requests() {
        return requests;
    }

    /** From now on requests are read and never answered. */
    void hang() {
        hanging = true;
    }

    /** From now on requests are refused for a limit. */
    void refuse(Duration comeBackAfter) {
        retryAfter = Optional.of(comeBackAfter);
    }

    /** From now on requests are answered. */
    void recover() {
        retryAfter = Optional.empty();
    }

    @Override
    public void close() {
        server.close();
    }

    private Reply answer(Request request) throws InterruptedException {
        requests.add(request);
        if (hanging) {
            new CountDownLatch(1).await();
        }
        String brought = request.header("authorization")
                .map(value -> value.substring("Bearer ".length()))
                .or(() -> request.header("x-api-key"))
                .orElse("");
        if (!brought.equals(key)) {
            // Real providers repeat part of the key; this one is worse.
            return Reply.json(401, """
                    {"error":{"message":"Incorrect API key provided: %s.","type":"invalid_request_error",
                     "param":null,"code":"invalid_api_key"}}""".formatted(brought));
        }
        Optional<Duration> pause = retryAfter;
        if (pause.isPresent()) {
            return limited(pause.get());
        }
        return switch (request.path()) {
            case "/v1/chat/completions" -> Reply.json(200, CHAT_COMPLETION);
            case "/v1/messages" -> Reply.json(200, MESSAGE);
            default -> Reply.json(404, "{}");
        };
    }

    private static Reply limited(Duration pause) {
        return new Reply(
                429,
                Map.of("content-type", "application/json", "retry-after", Long.toString(pause.toSeconds())),
                """
                {"error":{"message":"Rate limit reached for requests","type":"requests","param":null,
                 "code":"rate_limit_exceeded"}}""");
    }
}
