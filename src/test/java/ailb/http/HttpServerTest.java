package ailb.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.api.ApiStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
@Isolated("The log is everybody's.")
class HttpServerTest {

    private static final int MAX_BODY = 1000;
    private static final ApiResponse OK = response(200, "pong");
    private static final ApiResponse TOO_LARGE = response(413, "too large");
    private static final ApiResponse FAILURE = response(500, "failed");

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<ApiRequest> requests = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : opened.reversed()) {
            resource.close();
        }
    }

    @Test
    void handsOverTheRequestAsSent() throws Exception {
        HttpServer server = serve(request -> OK);

        client.send(
                HttpRequest.newBuilder(uri(server, "/v1/a%2Fb%20c?x=%26&y"))
                        .header("X-Twice", "first")
                        .header("X-Twice", "second")
                        .POST(BodyPublishers.ofString("pïng"))
                        .build(),
                BodyHandlers.ofString());

        ApiRequest request = requests.getFirst();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/v1/a%2Fb%20c");
        assertThat(request.query()).isEqualTo("x=%26&y");
        assertThat(request.headers().get("x-twice")).contains("first,second");
        assertThat(request.body()).asString(UTF_8).isEqualTo("pïng");
    }

    @Test
    void sendsTheResponseWithItsLengthAndTheDate() throws Exception {
        HttpServer server = serve(
                request -> new ApiResponse(429, Map.of("content-type", "application/json", "retry-after", "2"),
                        new byte[]{
                            '{', '}'
                        }));

        HttpResponse<String> response = client.send(get(server), BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.body()).isEqualTo("{}");
        assertThat(response.headers().map())
                .containsEntry("content-type", List.of("application/json"))
                .containsEntry("retry-after", List.of("2"))
                .containsEntry("content-length", List.of("2"));
        String date = response.headers().firstValue("date").orElseThrow();
        assertThat(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME))
                .isCloseTo(ZonedDateTime.now(ZoneOffset.UTC), within(1, ChronoUnit.MINUTES));
    }

    @Test
    void aRequestWithoutBodyOrQueryHasThemEmpty() throws Exception {
        HttpServer server = serve(request -> OK);

        String reply = raw(server, "POST /v1 HTTP/1.1\r\nHost: SERVER\r\nConnection: close\r\n\r\n");

        assertThat(reply).startsWith("HTTP/1.1 200 ");
        assertThat(requests.getFirst().query()).isEmpty();
        assertThat(requests.getFirst().body()).isEmpty();
    }

    @Test
    void aChunkedBodyIsReadWhole() throws Exception {
        HttpServer server = serve(request -> OK);

        String head = "POST /v1 HTTP/1.1\r\nHost: SERVER\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";

        String reply = raw(server, head + "2\r\npi\r\n2\r\nng\r\n0\r\n\r\n");

        assertThat(reply).startsWith("HTTP/1.1 200 ");
        assertThat(requests.getFirst().body()).asString(UTF_8).isEqualTo("ping");
    }

    @Test
    void aHeadRequestIsAnsweredWithoutBody() throws Exception {
        HttpServer server = serve(request -> OK);

        String reply = raw(server, "HEAD /health HTTP/1.1\r\nHost: SERVER\r\nConnection: close\r\n\r\n");

        assertThat(reply).startsWith("HTTP/1.1 200 ").containsIgnoringCase("content-length: 4\r\n");
        assertThat(reply).endsWith("\r\n\r\n");
        assertThat(requests.getFirst().method()).isEqualTo("HEAD");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 304, 503})
    void anEmptyBodyEndsWithTheHeaders(int status) throws Exception {
        HttpServer server = serve(request -> response(status, ""));

        HttpResponse<String> response = client.send(get(server), BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEmpty();
        assertThat(client.send(get(server), BodyHandlers.ofString()).statusCode()).isEqualTo(status);
    }

    @Test
    void aClientThatAsksBeforeSendingIsToldToGoOn() throws Exception {
        HttpServer server = serve(request -> OK);

        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(uri(server, "/"))
                        .expectContinue(true)
                        .POST(BodyPublishers.ofString("ping"))
                        .build(),
                BodyHandlers.ofString());

        assertThat(response.body()).isEqualTo("pong");
        assertThat(requests.getFirst().body()).asString(UTF_8).isEqualTo("ping");
    }

    @Test
    void aBodyOfJustTheBoundIsServed() throws Exception {
        HttpServer server = serve(request -> OK);

        assertThat(post(server, MAX_BODY).body()).isEqualTo("pong");
        assertThat(requests.getFirst().body()).hasSize(MAX_BODY);
    }

    @ParameterizedTest
    @ValueSource(ints = {MAX_BODY + 1, 100_000, 8 << 20})
    void aLargerBodyIsAnsweredTooLarge(int bytes) throws Exception {
        HttpServer server = serve(request -> OK);

        HttpResponse<String> response = post(server, bytes);

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).isEqualTo("too large");
        assertThat(requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {MAX_BODY + 1, 8 << 20})
    void aLargerBodyOfUnknownLengthIsAnsweredTooLarge(int bytes) throws Exception {
        HttpServer server = serve(request -> OK);

        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(uri(server, "/"))
                        .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[bytes])))
                        .build(),
                BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: many",
                "Content-Length: -1",
                "Content-Length: 99999999999999999999",
                "Content-Length: 1\r\nContent-Length: 2",
                "Content-Length: 1\r\nTransfer-Encoding: chunked",
                "bad name: x"
            })
    void aMalformedHeadIsRefused(String header) throws Exception {
        HttpServer server = serve(request -> OK);

        assertThat(raw(server, "POST / HTTP/1.1\r\nHost: SERVER\r\n" + header + "\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"many", "many of one name", "long", "long path"})
    void aHeadThatIsTooLargeIsAnsweredWithAnErrorOfTheApi(String kind) throws Exception {
        HttpServer server = serve(request -> OK);
        String path = kind.equals("long path") ? "/v1/" + "p".repeat(70_000) : "/v1/models";
        StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: SERVER\r\nConnection: close\r\n");
        for (int i = 0; i < (kind.startsWith("many") ? 300 : 1); i++) {
            head.append(kind.equals("many") ? "x-" + i : "x").append(": 1\r\n");
        }
        head.append("y: ").append("1".repeat(kind.equals("long") ? 70_000 : 1)).append("\r\n\r\n");

        String answer = raw(server, head.toString());

        assertThat(answer).startsWith("HTTP/1.1 431 ").contains("\r\nContent-Type: application/json\r\n");
        assertThat(answer).endsWith("\"code\":\"headers_too_large\"}}");
        assertThat(requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\r\n\r\n", "nonsense\r\n\r\n", "GET\r\n\r\n", "OPTIONS * HTTP/1.1\r\n\r\n"})
    void nonsenseDoesNotReachTheHandler(String bytes) throws Exception {
        HttpServer server = serve(request -> OK);

        raw(server, bytes);

        assertThat(requests).isEmpty();
        assertThat(client.send(get(server), BodyHandlers.ofString()).body()).isEqualTo("pong");
    }

    @Test
    void aHandlerThatThrowsIsLoggedOnceAndAnsweredWithTheFailure() throws Exception {
        try (Log log = new Log()) {
            HttpServer server = serve(request -> {
                throw new IllegalStateException("bug");
            });

            HttpResponse<String> response =
                    client.send(HttpRequest.newBuilder(uri(server, "/v1?key=secret")).build(), BodyHandlers.ofString());

            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.body()).isEqualTo("failed");
            assertThat(log.records).singleElement().satisfies(record -> {
                assertThat(record.getMessage()).isEqualTo("request failed: /v1");
                assertThat(record.getThrown()).hasMessage("bug");
            });
        }
    }

    @Test
    void aHandlerThatFailsWithAnErrorIsAnsweredWithTheFailure() throws Exception {
        try (Log log = new Log()) {
            HttpServer server = serve(request -> {
                throw new AssertionError("bug");
            });

            assertThat(client.send(get(server), BodyHandlers.ofString()).statusCode()).isEqualTo(500);
            assertThat(log.records).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nx-injected: b", "a\nb", "a\r\n b", "a\u0000b", "\u20ac"})
    void aHeaderValueThatIsNoneIsNeverSent(String value) throws Exception {
        try (Log log = new Log()) {
            HttpServer server = serve(request -> new ApiResponse(200, Map.of("x-echo", value), new byte[0]));

            HttpResponse<String> response = client.send(get(server), BodyHandlers.ofString());

            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.headers().map()).doesNotContainKeys("x-echo", "x-injected");
            assertThat(log.records).hasSize(1);
        }
    }

    @Test
    void framingHeadersOfTheHandlerAreReplacedByTheServersOwn() throws Exception {
        HttpServer server = serve(request -> new ApiResponse(
                200, Map.of("Content-Length", "99", "Transfer-Encoding", "chunked"), "pong".getBytes(UTF_8)));

        HttpResponse<String> response = client.send(get(server), BodyHandlers.ofString());

        assertThat(response.body()).isEqualTo("pong");
        assertThat(response.headers().allValues("content-length")).containsExactly("4");
        assertThat(response.headers().map()).doesNotContainKey("transfer-encoding");
    }

    @Test
    void anAnswerToALargeBodyThatIsNoHttpIsAFailure() throws Exception {
        ApiResponse bad = new ApiResponse(413, Map.of("x", "a\r\nb"), new byte[0]);
        HttpServer server = HttpServer.start(loopback(), MAX_BODY, _ -> OK, _ -> bad, _ -> FAILURE);
        opened.add(() -> server.close(Duration.ZERO, Duration.ZERO));

        assertThat(post(server, MAX_BODY + 1).statusCode()).isEqualTo(500);
    }

    @Test
    void thoseWhoAnswerErrorsAreToldOfTheRequestWithoutItsBody() throws Exception {
        List<ApiRequest> large = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.start(
                loopback(), MAX_BODY, _ -> OK, request -> {
                    large.add(request);
                    return TOO_LARGE;
                }, _ -> FAILURE);
        opened.add(() -> server.close(Duration.ZERO, Duration.ZERO));

        post(server, MAX_BODY + 1);

        assertThat(large).singleElement().satisfies(request -> {
            assertThat(request.path()).isEqualTo("/");
            assertThat(request.body()).isEmpty();
        });
    }

    @Test
    void clientsThatHangUpLeaveNoLogAndTheServerServing() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch hungUp = new CountDownLatch(1);
        byte[] large = new byte[32 << 20];
        try (Log log = new Log()) {
            HttpServer server = serve(request -> {
                if (request.path().equals("/large")) {
                    asked.countDown();
                    await(hungUp);
                    return new ApiResponse(200, Map.of(), large);
                }
                return OK;
            });
            try (Socket midRequest = connect(server)) {
                send(midRequest, "POST / HTTP/1.1\r\nHost: SERVER\r\nContent-Length: 100\r\n\r\nhalf");
            }
            try (Socket midResponse = connect(server)) {
                send(midResponse, "GET /large HTTP/1.1\r\nHost: SERVER\r\n\r\n");
                asked.await();
                midResponse.setSoLinger(true, 0);
            }
            hungUp.countDown();

            assertThat(client.send(get(server), BodyHandlers.ofString()).body()).isEqualTo("pong");
            server.close();
            assertThat(log.records).isEmpty();
        }
    }

    @Test
    void clientsThatStallDoNotKeepOthersWaiting() throws Exception {
        HttpServer server = serve(request -> OK);
        for (int i = 0; i < 100; i++) {
            send(connect(server), "POST / HTTP/1.1\r\nHost: SERVER\r\nContent-Length: 100\r\n\r\nhalf");
            send(connect(server), "GET / HTT");
        }

        assertThat(client.send(get(server), BodyHandlers.ofString()).body()).isEqualTo("pong");
    }

    @Test
    void manyRequestsAreHandledAtOnce() throws Exception {
        int callers = 200;
        CountDownLatch allIn = new CountDownLatch(callers);
        HttpServer server = serve(request -> {
            allIn.countDown();
            await(allIn);
            return OK;
        });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> responses = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                responses.add(threads.submit(() -> client.send(get(server), BodyHandlers.ofString())));
            }

            for (Future<HttpResponse<String>> response : responses) {
                assertThat(response.get().body()).isEqualTo("pong");
            }
        }
    }

    /** The second connection is given up later than the first would be. */
    @Test
    void anAnswerMayPauseForLongerThanClientsMay() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ApiStream paused = caller -> {
            try {
                caller.begin(200, Map.of());
                asked.countDown();
                release.await();
                caller.send("pong".getBytes(UTF_8));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
        Answers answers = new Answers(MAX_BODY, _ -> paused, _ -> TOO_LARGE, _ -> FAILURE);
        HttpServer server = HttpServer.start(loopback(), answers, Duration.ofSeconds(1));
        opened.add(() -> server.close(Duration.ZERO, Duration.ZERO));
        try (Socket patient = connect(server);
                Socket silent = connect(server)) {
            send(patient, "GET / HTTP/1.1\r\nHost: SERVER\r\nConnection: close\r\n\r\n");
            asked.await();
            send(silent, "GET / HTT");
            assertThat(silent.getInputStream().read()).isEqualTo(-1);

            release.countDown();

            assertThat(patient.getInputStream().readAllBytes()).asString(UTF_8).endsWith("4\r\npong\r\n0\r\n\r\n");
        }
    }

    @Test
    void closingLetsRequestsInFlightEnd() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        HttpServer server = serve(request -> {
            asked.countDown();
            await(release);
            return OK;
        });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse<String>> inFlight =
                    threads.submit(() -> client.send(get(server), BodyHandlers.ofString()));
            asked.await();
            Future<?> closing = threads.submit(() -> server.close(Duration.ofSeconds(20), Duration.ZERO));

            release.countDown();

            assertThat(inFlight.get().body()).isEqualTo("pong");
            closing.get();
            assertThatThrownBy(() -> connect(server)).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void whoAsksOnAKeptConnectionWhileItClosesIsToldSo() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        HttpServer server = serve(request -> {
            if (request.path().equals("/slow")) {
                asked.countDown();
                await(release);
            }
            return OK;
        });
        HttpRequest slow = HttpRequest.newBuilder(uri(server, "/slow")).build();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var _ = threads.submit(() -> client.send(slow, BodyHandlers.ofString()));
            asked.await();
            var _ = threads.submit(() -> server.close(Duration.ofSeconds(20), Duration.ZERO));

            HttpResponse<String> response = client.send(get(server), BodyHandlers.ofString());
            while (response.statusCode() == 200) {
                response = client.send(get(server), BodyHandlers.ofString());
            }

            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body()).endsWith("\"code\":\"shutting_down\"}}");
            release.countDown();
        }
    }

    @Test
    void whatOutlastsTheGraceIsInterruptedAndCanStillAnswer() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        HttpServer server = serve(request -> {
            asked.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return OK;
        });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse<String>> inFlight =
                    threads.submit(() -> client.send(get(server), BodyHandlers.ofString()));
            asked.await();

            server.close(Duration.ofMillis(50), Duration.ofSeconds(20));

            assertThat(inFlight.get().body()).isEqualTo("pong");
        }
    }

    @Test
    void closingCutsOffWhoTakesNoNotice() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch cutOff = new CountDownLatch(1);
        HttpServer server = serve(request -> {
            asked.countDown();
            while (cutOff.getCount() > 0) {
                try {
                    cutOff.await();
                } catch (InterruptedException e) {
                    // takes no notice
                }
            }
            return OK;
        });
        try (Socket socket = connect(server)) {
            send(socket, "GET / HTTP/1.1\r\nHost: SERVER\r\n\r\n");
            asked.await();

            server.close(Duration.ofMillis(50), Duration.ofMillis(50));

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } finally {
            cutOff.countDown();
        }
    }

    private HttpServer serve(Function<ApiRequest, ApiResponse> handler) throws IOException {
        Function<ApiRequest, ApiResponse> recording = request -> {
            requests.add(request);
            return handler.apply(request);
        };
        HttpServer server = HttpServer.start(loopback(), MAX_BODY, recording, _ -> TOO_LARGE, _ -> FAILURE);
        opened.add(() -> server.close(Duration.ZERO, Duration.ZERO));
        return server;
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static URI uri(HttpServer server, String path) {
        return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    }

    private static HttpRequest get(HttpServer server) {
        return HttpRequest.newBuilder(uri(server, "/")).build();
    }

    private HttpResponse<String> post(HttpServer server, int bytes) throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri(server, "/"))
                        .POST(BodyPublishers.ofByteArray(new byte[bytes]))
                        .build(),
                BodyHandlers.ofString());
    }

    /** Sends the bytes and no more, and returns all that comes back. */
    private String raw(HttpServer server, String bytes) throws IOException {
        try (Socket socket = connect(server)) {
            send(socket, bytes);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    private Socket connect(HttpServer server) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        opened.add(socket);
        return socket;
    }

    /** {@code SERVER} stands for where the socket leads to. */
    private static void send(Socket socket, String bytes) throws IOException {
        String sent = bytes.replace("SERVER", "127.0.0.1:" + socket.getPort());
        socket.getOutputStream().write(sent.getBytes(ISO_8859_1));
    }

    private static ApiResponse response(int status, String body) {
        return new ApiResponse(status, Map.of("content-type", "text/plain"), body.getBytes(UTF_8));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the server logs, kept off the console. */
    private static final class Log extends Handler implements AutoCloseable {

        private static final Pattern OF_SERVER = Pattern.compile("ailb[.]http|org[.]eclipse[.]jetty");

        private final List<LogRecord> records = new CopyOnWriteArrayList<>();
        private final Logger logger = Logger.getLogger("");
        private final Handler[] console = logger.getHandlers();

        Log() {
            for (Handler handler : console) {
                logger.removeHandler(handler);
            }
            logger.addHandler(this);
        }

        @Override
        public void publish(LogRecord record) {
            if (OF_SERVER.matcher(record.getLoggerName()).lookingAt()) {
                records.add(record);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.removeHandler(this);
            for (Handler handler : console) {
                logger.addHandler(handler);
            }
        }
    }
}
