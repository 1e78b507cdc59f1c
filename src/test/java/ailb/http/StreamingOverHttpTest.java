package ailb.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.api.ApiResponse;
import ailb.api.ApiStream;
import ailb.pool.FailureClass;
import ailb.port.Upstream;
import ailb.protocol.wire.ProviderRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams on real sockets: from a provider as it sends them, and to a caller as they come. */
@Timeout(30)
class StreamingOverHttpTest {

    private static final Duration AMPLE = Duration.ofSeconds(20);
    private static final String HEAD = """
            HTTP/1.1 200 OK
            Content-Type: text/event-stream; charset=utf-8
            Transfer-Encoding: chunked
            X-One: 1

            """.replace("\n", "\r\n");

    private final HttpUpstream upstream = new HttpUpstream();

    /** The second event is sent only when the first has arrived. */
    @Test
    void piecesComeBeforeTheReplyHasEnded() throws Exception {
        CountDownLatch firstHasCome = new CountDownLatch(1);
        try (FaultyServer server = FaultyServer.running(connection -> {
            connection.readRequest();
            connection.send(HEAD + chunk("data: 1\n\n"));
            firstHasCome.await();
            connection.send(chunk("data: 2\n\n") + "0\r\n\r\n");
            connection.hang();
        })) {
            Upstream.Streaming reply = (Upstream.Streaming) opened(server.uri());
            try (Upstream.Body body = reply.body()) {
                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.headers().get("x-one")).contains("1");
                assertThat(text(body.next(AMPLE))).isEqualTo("data: 1\n\n");
                firstHasCome.countDown();
                assertThat(text(body.next(AMPLE))).isEqualTo("data: 2\n\n");
                assertThat(body.next(AMPLE)).isEqualTo(new Upstream.End());
            }
        }
    }

    @Test
    void aStreamThatBreaksOffIsLost() throws Exception {
        try (FaultyServer server = FaultyServer.running(connection -> {
            connection.readRequest();
            connection.send(HEAD + chunk("data: 1\n\n"));
        })) {
            try (Upstream.Body body = body(server)) {
                assertThat(text(body.next(AMPLE))).isEqualTo("data: 1\n\n");
                assertThat(body.next(AMPLE)).isInstanceOfSatisfying(
                        Upstream.Lost.class,
                        lost -> assertThat(lost.failure()).isEqualTo(FailureClass.TRANSPORT));
            }
        }
    }

    @Test
    void aStreamThatStallsIsSilentAndClosingItHangsUp() throws Exception {
        try (FaultyServer server = FaultyServer.running(connection -> {
            connection.readRequest();
            connection.send(HEAD + chunk("data: 1\n\n"));
            connection.hang();
        })) {
            try (Upstream.Body body = body(server)) {
                assertThat(text(body.next(AMPLE))).isEqualTo("data: 1\n\n");
                assertThat(body.next(Duration.ofMillis(50))).isEqualTo(new Upstream.Silence());
            }
            assertThat(server.connections().getFirst().clientHungUp()).isTrue();
        }
    }

    /** Whether the head has just come or not. */
    @Test
    void aCallThatIsGivenUpAsItsReplyBeginsHangsUp() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (FaultyServer server = FaultyServer.running(connection -> {
            connection.readRequest();
            connection.send(HEAD + chunk("data: 1\n\n"));
            begun.countDown();
            connection.hang();
        })) {
            try (Upstream.Pending _ = upstream.open(post(server.uri()), AMPLE)) {
                begun.await();
            }
            assertThat(server.connections().getFirst().clientHungUp()).isTrue();
        }
    }

    @Test
    void aStreamThatIsReadToItsEndLeavesItsConnectionToTheNextCall() throws Exception {
        try (FaultyServer server = FaultyServer.running(connection -> {
            while (true) {
                connection.readRequest();
                connection.send(HEAD + chunk("data: 1\n\n") + "0\r\n\r\n");
            }
        })) {
            for (int call = 0; call < 2; call++) {
                try (Upstream.Body body = body(server)) {
                    assertThat(text(body.next(AMPLE))).isEqualTo("data: 1\n\n");
                    assertThat(body.next(AMPLE)).isEqualTo(new Upstream.End());
                }
            }
            assertThat(server.connections()).hasSize(1);
        }
    }

    @Test
    void whatIsNoStreamComesWhole() throws Exception {
        try (FaultyServer server = FaultyServer.running(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 429 Too Many\r\nContent-Type: text/event-stream\r\nContent-Length: 2\r\n\r\n{}");
            connection.hang();
        })) {
            assertThat(opened(server.uri())).isInstanceOfSatisfying(
                    Upstream.Reply.class, reply -> {
                        assertThat(reply.status()).isEqualTo(429);
                        assertThat(reply.body()).asString(UTF_8).isEqualTo("{}");
                    });
        }
    }

    /** The second event is made only when the first has arrived. */
    @Test
    void aCallerGetsEventsAsTheyCome() throws Exception {
        CountDownLatch firstHasCome = new CountDownLatch(1);
        ApiStream events = caller -> {
            begin(caller);
            send(caller, "data: 1\n\n");
            firstHasCome.await();
            send(caller, "data: 2\n\n");
        };
        try (HttpServer server = serving(events);
                HttpClient client = HttpClient.newHttpClient();
                InputStream body = client.send(get(server), BodyHandlers.ofInputStream()).body()) {
            assertThat(body.readNBytes(9)).asString(UTF_8).isEqualTo("data: 1\n\n");
            firstHasCome.countDown();
            assertThat(body.readAllBytes()).asString(UTF_8).isEqualTo("data: 2\n\n");
        }
    }

    @Test
    void aStreamThatComesToNothingIsAWholeAnswer() throws Exception {
        ApiStream none = caller -> {
            try {
                caller.send(new ApiResponse(429, Map.of("retry-after", "3"), "{}".getBytes(UTF_8)));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
        try (HttpServer server = serving(none);
                HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(get(server), BodyHandlers.ofString());

            assertThat(response.statusCode()).isEqualTo(429);
            assertThat(response.headers().firstValue("retry-after")).contains("3");
            assertThat(response.headers().firstValue("content-length")).contains("2");
        }
    }

    @Test
    void whoSendsEventsHearsThatTheCallerHasHungUp() throws Exception {
        CountDownLatch noticed = new CountDownLatch(1);
        ApiStream endless = caller -> {
            begin(caller);
            try {
                while (true) {
                    caller.send("data: x\n\n".repeat(1000).getBytes(UTF_8));
                }
            } catch (IOException e) {
                noticed.countDown();
            }
        };
        try (HttpServer server = serving(endless)) {
            try (HttpClient client = HttpClient.newHttpClient();
                    InputStream body = client.send(get(server), BodyHandlers.ofInputStream()).body()) {
                assertThat(body.read()).isEqualTo('d');
            }
            noticed.await();
        }
    }

    /** Its caller must not take it for whole. */
    @Test
    void aStreamThatFailsIsCutOff() throws Exception {
        ApiStream broken = caller -> {
            begin(caller);
            send(caller, "data: 1\n\n");
            throw new IllegalStateException("a bug");
        };
        try (HttpServer server = serving(broken);
                HttpClient client = HttpClient.newHttpClient();
                InputStream body = client.send(get(server), BodyHandlers.ofInputStream()).body()) {
            assertThat(body.readNBytes(9)).asString(UTF_8).isEqualTo("data: 1\n\n");
            assertThatThrownBy(body::read).isInstanceOf(IOException.class);
        }
    }

    private static HttpServer serving(ApiStream events) throws IOException {
        ApiResponse failure = new ApiResponse(500, Map.of(), "failed".getBytes(UTF_8));
        return HttpServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000, _ -> events, _ -> failure,
                _ -> failure);
    }

    private static void begin(ApiStream.Connection caller) {
        try {
            caller.begin(200, Map.of("content-type", "text/event-stream"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void send(ApiStream.Connection caller, String event) {
        try {
            caller.send(event.getBytes(UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Upstream.Result opened(URI uri) throws InterruptedException {
        return upstream.open(post(uri), AMPLE).await(AMPLE).orElseThrow();
    }

    private Upstream.Body body(FaultyServer server) throws InterruptedException {
        return ((Upstream.Streaming) opened(server.uri())).body();
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private static String text(Upstream.Piece piece) {
        return new String(((Upstream.Bytes) piece).bytes(), UTF_8);
    }

    private static ProviderRequest post(URI uri) {
        return new ProviderRequest(uri, Map.of(), new byte[0]);
    }

    private static HttpRequest get(HttpServer server) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.address().getPort() + "/")).build();
    }
}
