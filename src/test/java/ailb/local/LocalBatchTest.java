package ailb.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.aws.LocalDynamo;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Batches on a laptop, from the outside. The tests' time limit is the one that they are waited for. */
@Timeout(60)
@ResourceLock(LocalDynamo.LOCK)
class LocalBatchTest {

    private static final Pattern SEND = Pattern.compile("curl (\\S+) -d Action=SendMessage .*'MessageBody=(.*)'");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private LocalServer server;
    private Caller caller;

    @BeforeEach
    void start() throws Exception {
        server = LocalServer.start(
                LocalSettings.of(Map.of("PORT", "0", "STATE", "dynamodb", "ADMIN_KEY", "all"), new Random(1)),
                new PrintStream(out, true, UTF_8));
        server.simulated()
                .orElseThrow()
                .providers()
                .forEach(provider -> provider.setLatency(Duration.ZERO, Duration.ZERO));
        caller = new Caller(server.uri());
    }

    @AfterEach
    void close() {
        caller.close();
        server.close();
    }

    @Test
    void everyLineOfABatchIsAnsweredThoughAProviderFailsForAWhile() throws Exception {
        caller.put("/simulate/openai-primary", "{\"mode\":\"fail\",\"for_seconds\":3}");

        String batch = submit(60);

        JsonNode done = awaitEnd(batch);
        assertThat(done.path("status").textValue()).isEqualTo("completed");
        assertThat(done.at("/request_counts/completed").intValue()).isEqualTo(60);
        List<JsonNode> results = caller.lines(batch + "/results");
        assertThat(results).extracting(result -> result.path("custom_id").textValue())
                .containsExactlyElementsOf(IntStream.range(0, 60).mapToObj(i -> "a-" + i).toList());
        for (int i = 0; i < 60; i++) {
            assertThat(results.get(i).at("/response/status_code").intValue()).isEqualTo(200);
            assertThat(results.get(i).at("/response/body/choices/0/message/content").textValue())
                    .contains("question " + i + ".");
        }
    }

    @Test
    void aBatchThatIsCancelledOnItsWayEndsWithAResultForEveryLine() throws Exception {
        String batch = submit(700);
        JsonNode running = caller.get(batch);
        while (running.at("/request_counts/completed").intValue() == 0) {
            running = caller.get(batch);
        }
        assertThat(caller.post(batch + "/cancel", "").path("status").textValue()).isEqualTo("cancelling");

        JsonNode over = awaitEnd(batch);

        assertThat(over.path("status").textValue()).isEqualTo("cancelled");
        List<JsonNode> results = caller.lines(batch + "/results?limit=1000");
        assertThat(results).hasSize(700);
        long answered = results.stream().filter(result -> result.path("error").isNull()).count();
        assertThat(answered).isEqualTo(over.at("/request_counts/completed").intValue()).isBetween(1L, 699L);
        assertThat(results)
                .filteredOn(result -> !result.path("error").isNull())
                .extracting(result -> result.at("/error/code").textValue())
                .containsOnly("batch_cancelled");
    }

    /** Without a client of SQS, as the welcome says. */
    @Test
    void aMessageThatSomebodyPutsOnTheQueueIsWorkedOff() throws Exception {
        Matcher send = SEND.matcher(out.toString(UTF_8));
        assertThat(send.find()).isTrue();
        assertThat(put(URI.create(send.group(1)), send.group(2))).isEqualTo(200);

        List<JsonNode> results = List.of();
        try (Caller admin = new Caller(server.uri(), "all")) {
            while (results.size() != 1 || !results.getFirst().path("response").isObject()) {
                results = admin.lines("/v1/batches/queue-hello-1/results");
            }
        }
        assertThat(caller.send("GET", "/v1/batches/queue-hello-1/results", "").statusCode())
                .as("anybody could guess it")
                .isEqualTo(404);

        assertThat(results.getFirst().path("custom_id").textValue()).isEqualTo("hello-1");
        assertThat(results.getFirst().at("/response/status_code").intValue()).isEqualTo(200);
    }

    private static int put(URI queue, String message) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(queue)
                    .header("content-type", "application/x-www-form-urlencoded")
                    .POST(
                            BodyPublishers.ofString(
                                    "Action=SendMessage&MessageBody=" + URLEncoder.encode(message, UTF_8)))
                    .build();
            return client.send(request, BodyHandlers.discarding()).statusCode();
        }
    }

    /** Returns the batch's path. */
    private String submit(int lines) throws IOException, InterruptedException {
        String body = IntStream.range(0, lines)
                .mapToObj(i -> """
                        {"custom_id":"a-%d","method":"POST","url":"/v1/chat/completions","body":{"model":"chat",\
                        "messages":[{"role":"user","content":"question %d."}]}}
                        """.formatted(i, i))
                .collect(Collectors.joining());
        return "/v1/batches/" + caller.post("/v1/batches", body).required("id").textValue();
    }

    private JsonNode awaitEnd(String batch) throws IOException, InterruptedException {
        JsonNode now = caller.get(batch);
        while (!List.of("completed", "cancelled").contains(now.path("status").textValue())) {
            now = caller.get(batch);
        }
        return now;
    }
}
