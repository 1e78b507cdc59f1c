package ailb.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.lambda.DeployedFunctions;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Many streams at once through a server of little memory: providers and callers are in this process. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ResourceLock(DeployedFunctions.LOCK)
class StreamMemoryIT {

    private static final int STREAMS = 200;
    private static final int EVENTS = 4_000;
    private static final Pattern ADDRESS = Pattern.compile("AI load balancer at (http://127\\.0\\.0\\.1:\\d+)");
    private static final Pattern CONTENT = Pattern.compile("\"content\":\"(\\d+) \"");

    @TempDir private Path folder;

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch allAreThere = new CountDownLatch(STREAMS);
    private HttpServer provider;
    private Process server;

    @BeforeEach
    void start() throws IOException {
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), STREAMS);
        provider.setExecutor(executor);
        provider.createContext("/", this::answer);
        provider.start();
        server = startServer();
    }

    @AfterEach
    void end() {
        server.destroyForcibly();
        provider.stop(0);
        executor.shutdownNow();
    }

    /** Half of them pass through, and half are translated. */
    @Test
    void everyEventOfEveryStreamArrives() throws Exception {
        URI address = address(server.inputReader(UTF_8));
        List<Future<Integer>> callers = new ArrayList<>();
        try (HttpClient client = HttpClient.newHttpClient()) {
            long start = System.nanoTime();
            for (int i = 0; i < STREAMS; i++) {
                String model = i % 2 == 0 ? "passed" : "translated";
                callers.add(executor.submit(() -> read(client, address, model)));
            }
            for (Future<Integer> caller : callers) {
                assertThat(caller.get()).isEqualTo(EVENTS);
            }
            System.out.printf("%d streams of %d events took %d ms%n", STREAMS, EVENTS,
                    Duration.ofNanos(System.nanoTime() - start).toMillis());
        }
        assertThat(server.isAlive()).isTrue();
    }

    /** How many events came, one number each, in order and without a gap up to the end. */
    private static int read(HttpClient client, URI server, String model) throws IOException, InterruptedException {
        String body = "{\"model\":\"" + model
                + "\",\"stream\":true,\"max_tokens\":9000,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/v1/chat/completions"))
                .header("authorization", "Bearer local")
                .POST(BodyPublishers.ofString(body))
                .build();
        HttpResponse<Stream<String>> response = client.send(request, BodyHandlers.ofLines());
        assertThat(response.statusCode()).isEqualTo(200);
        int[] next = {0};
        String[] last = {""};
        try (Stream<String> lines = response.body()) {
            lines.filter(line -> !line.isEmpty()).forEach(line -> {
                last[0] = line;
                Matcher content = CONTENT.matcher(line);
                if (content.find()) {
                    assertThat(Integer.parseInt(content.group(1))).isEqualTo(next[0]++);
                }
            });
        }
        assertThat(last[0]).isEqualTo("data: [DONE]");
        return next[0];
    }

    /** The first event when all streams are open, and the others as fast as they are taken. */
    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean isChat = exchange.getRequestURI().getPath().endsWith("/chat/completions");
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("content-type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            allAreThere.countDown();
            allAreThere.await();
            OutputStream out = exchange.getResponseBody();
            write(out, isChat ? "" : """
                    data: {"type":"message_start","message":{"id":"m","usage":{"input_tokens":1,"output_tokens":1}}}

                    data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

                    """);
            for (int event = 0; event < EVENTS; event++) {
                write(out, (isChat
                        ? "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%d \"}}]}\n\n"
                        : "data: {\"type\":\"content_block_delta\",\"index\":0,"
                                + "\"delta\":{\"type\":\"text_delta\",\"text\":\"%d \"}}\n\n")
                        .formatted(event));
            }
            write(out, isChat ? "data: [DONE]\n\n" : """
                    data: {"type":"content_block_stop","index":0}

                    data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4000}}

                    data: {"type":"message_stop"}

                    """);
            out.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(OutputStream out, String events) throws IOException {
        out.write(events.getBytes(UTF_8));
        out.flush();
    }

    private Process startServer() throws IOException {
        String endpoint = """
                {"name":"%s","provider":"%s","base_url":"http://127.0.0.1:%d/v1","model_id":"m","models":["%s"],\
                "api_key":"key"}""";
        int port = provider.getAddress().getPort();
        Path pool = Files.writeString(folder.resolve("pool.json"), "{\"endpoints\":["
                + endpoint.formatted("one", "openai", port, "passed") + ","
                + endpoint.formatted("two", "anthropic", port, "translated") + "]}");
        Path keys = Files.writeString(folder.resolve("keys.json"), "{\"key\":\"secret\"}");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-classpath", System.getProperty("java.class.path"),
                LocalServer.class.getName()).redirectErrorStream(true);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment()
                .putAll(Map.of(
                        "PORT", "0", "STATE", "memory", "CLIENT_KEY", "local", "POOL_FILE", pool.toString(),
                        "KEYS_FILE", keys.toString()));
        return builder.start();
    }

    /** Reads what the server says until it is up, and from then on so that it can go on talking. */
    private URI address(BufferedReader out) throws IOException {
        StringBuilder said = new StringBuilder();
        URI address = URI.create("");
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            said.append(line).append('\n');
            Matcher matcher = ADDRESS.matcher(line);
            if (matcher.find()) {
                address = URI.create(matcher.group(1));
            }
            if (line.endsWith("Requests:")) {
                var _ = CompletableFuture.runAsync(() -> out.lines().forEach(_ -> {}), executor);
                return address;
            }
        }
        throw new AssertionError("the server did not come up:\n" + said);
    }
}
