package ailb.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.api.ApiResponse;
import ailb.dispatch.Events;
import ailb.dispatch.Upstream;
import ailb.pool.FailureClass;
import ailb.protocol.ProviderRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
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
            Upstream.Streaming reply = (Upstream.Streaming) upstream.open(post(server.uri()), AMPLE);
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
            assertThat(upstream.open(post(server.uri()), AMPLE)).isInstanceOfSatisfying(
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
        Events events = sink -> {
            send(sink, "data: 1\n\n");
            firstHasCome.await();
            send(sink, "data: 2\n\n");
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
    void whoSendsEventsHearsThatTheCallerHasHungUp() throws Exception {
        CountDownLatch noticed = new CountDownLatch(1);
        Events endless = sink -> {
            try {
                while (true) {
                    sink.send("data: x\n\n".repeat(1000).getBytes(UTF_8));
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

    /** A comment, as the events of no client are one. */
    @Test
    void aCallerIsToldOfASilence() throws Exception {
        Events events = sink -> {
            send(sink, "data: 1\n\n");
            silence(sink);
        };
        try (HttpServer server = serving(events);
                HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(get(server), BodyHandlers.ofString()).body())
                    .isEqualTo("data: 1\n\n: keep-alive\n");
        }
    }

    @Test
    void aCallerWhoHangsUpDuringASilenceIsNoticed() throws Exception {
        CountDownLatch noticed = new CountDownLatch(1);
        Events silent = sink -> {
            try {
                while (true) {
                    sink.silence();
                }
            } catch (IOException e) {
                noticed.countDown();
            }
        };
        try (HttpServer server = serving(silent)) {
            try (HttpClient client = HttpClient.newHttpClient();
                    InputStream body = client.send(get(server), BodyHandlers.ofInputStream()).body()) {
                assertThat(body.read()).isEqualTo(':');
            }
            noticed.await();
        }
    }

    private static HttpServer serving(Events events) throws IOException {
        ApiResponse response =
                new ApiResponse(200, Map.of("content-type", "text/event-stream"), new byte[0], Optional.of(events));
        return HttpServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000, _ -> response, _ -> response,
                _ -> response);
    }

    private static void send(Events.Sink sink, String event) {
        try {
            sink.send(event.getBytes(UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void silence(Events.Sink sink) {
        try {
            sink.silence();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Upstream.Body body(FaultyServer server) throws InterruptedException {
        return ((Upstream.Streaming) upstream.open(post(server.uri()), AMPLE)).body();
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
