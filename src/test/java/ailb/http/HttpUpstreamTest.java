package ailb.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.pool.FailureClass;
import ailb.port.ReplyBudget;
import ailb.port.Upstream.Failed;
import ailb.port.Upstream.Reply;
import ailb.port.Upstream.Result;
import ailb.protocol.wire.ProviderRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class HttpUpstreamTest {

    private static final Duration AMPLE = Duration.ofSeconds(20);
    private static final Duration BRIEF = Duration.ofMillis(200);

    private final HttpUpstream upstream = new HttpUpstream();

    @Test
    void sendsThePostAndBringsBackStatusHeadersAndBody() throws Exception {
        try (FaultyServer server = FaultyServer.running(connection -> {
            connection.readRequest();
            connection.send(
                    "HTTP/1.1 200 OK\r\nX-Remaining: 7\r\nX-Remaining: 8\r\nContent-Length: 4\r\n\r\npong");
        })) {
            Reply reply = (Reply) upstream.call(post(server.uri()), AMPLE);

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.headers().get("x-remaining")).contains("7");
            assertThat(reply.body()).asString(UTF_8).isEqualTo("pong");
            assertThat(server.requests()).singleElement()
                    .satisfies(request -> assertThat(request)
                            .startsWith("POST /v1/chat/completions HTTP/1.1\r\n")
                            .containsIgnoringCase("authorization: Bearer sk-secret\r\n")
                            .doesNotContainIgnoringCase("upgrade")
                            .endsWith("\r\n\r\nping"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "307 Temporary Redirect\r\nLocation: /elsewhere",
                "301 Moved Permanently\r\nLocation: /elsewhere",
                "401 Unauthorized",
                "407 Proxy Authentication Required",
                "429 Too Many Requests",
                "500 Internal Server Error"
            })
    void anyStatusIsAReplyAndNothingIsFollowed(String answer) throws Exception {
        try (FaultyServer server = FaultyServer.running(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 " + answer + "\r\nContent-Length: 2\r\n\r\nno");
        })) {
            Reply reply = (Reply) upstream.call(post(server.uri()), AMPLE);

            assertThat(reply.status()).isEqualTo(Integer.parseInt(answer.substring(0, 3)));
            assertThat(reply.body()).asString(UTF_8).isEqualTo("no");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void interimAnswersAreSkipped() throws Exception {
        try (FaultyServer server = FaultyServer.running(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            connection.sendOk("pong");
        })) {
            assertThat(body(upstream.call(post(server.uri()), AMPLE))).isEqualTo("pong");
        }
    }

    @Test
    void aRefusedConnectionIsATransportFailure() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        Failed failed = (Failed) upstream.call(post(URI.create("http://127.0.0.1:" + port)), AMPLE);

        assertThat(failed.failure()).isEqualTo(FailureClass.TRANSPORT);
        assertThat(failed.detail()).startsWith("ConnectException");
    }

    @Test
    void anUnknownHostIsATransportFailure() throws Exception {
        Failed failed = (Failed) upstream.call(post(URI.create("http://nowhere.invalid/v1")), AMPLE);

        assertThat(failed.failure()).isEqualTo(FailureClass.TRANSPORT);
        assertThat(failed.detail()).startsWith("ConnectException");
    }

    @Test
    void aFailedTlsHandshakeIsATransportFailure() throws Exception {
        try (FaultyServer server = FaultyServer.running(connection -> {
            connection.send("HTTP/1.1 400 Bad Request\r\n\r\n");
            connection.hang();
        })) {
            URI https = URI.create("https" + server.uri().toString().substring("http".length()));

            Failed failed = (Failed) upstream.call(post(https), AMPLE);

            assertThat(failed.failure()).isEqualTo(FailureClass.TRANSPORT);
            assertThat(failed.detail()).contains("SSL");
        }
    }

    @Test
    void aResetAfterAcceptIsATransportFailure() throws Exception {
        assertTransportFailure(FaultyServer.Connection::reset);
    }

    @Test
    void aResetInTheBodyIsATransportFailure() throws Exception {
        assertTransportFailure(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
            connection.reset();
        });
    }

    @Test
    void aBodyShorterThanPromisedIsATransportFailure() throws Exception {
        assertTransportFailure(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        });
    }

    @Test
    void aChunkedBodyWithoutItsEndIsATransportFailure() throws Exception {
        assertTransportFailure(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
        });
    }

    @Test
    void badChunkingIsATransportFailure() throws Exception {
        assertTransportFailure(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nsecret-zz\r\nhalf\r\n");
        });
    }

    @Test
    void anEmptyReplyIsATransportFailure() throws Exception {
        assertTransportFailure(FaultyServer.Connection::readRequest);
    }

    @Test
    void aGarbageStatusLineIsATransportFailure() throws Exception {
        assertTransportFailure(connection -> {
            connection.readRequest();
            connection.send("secret garbage\r\n\r\n");
        });
    }

    @Test
    void aBadHeaderIsATransportFailure() throws Exception {
        assertTransportFailure(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nsecret name: x\r\nContent-Length: secret\r\n\r\n");
        });
    }

    @Test
    void aBadContentLengthIsATransportFailure() throws Exception {
        assertTransportFailure(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: secret\r\n\r\n");
        });
    }

    @Test
    void headersWithoutEndAreATransportFailure() throws Exception {
        assertTransportFailure(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\n");
            while (true) {
                connection.send("x-secret: " + "s".repeat(8000) + "\r\n");
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1000000000", "X-Length: unknown"})
    void aReplyThatIsTooLargeIsCutWhileItIsRead(String header) throws Exception {
        try (FaultyServer server = FaultyServer.running(connection -> {
            connection.readRequest();
            connection.watchForHangUp();
            connection.send("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n");
            String megabyte = "x".repeat(1 << 20);
            for (int sent = 0; sent < 900; sent++) {
                connection.send(megabyte);
            }
        })) {
            Failed failed = (Failed) upstream.call(post(server.uri()), AMPLE);

            assertThat(failed)
                    .isEqualTo(new Failed(FailureClass.TRANSPORT, "a reply of more than 16 MB"));
            assertThat(server.connections().getFirst().clientHungUp()).isTrue();
        }
    }

    @Test
    void gzipThatWasNotAskedForIsRead() throws Exception {
        byte[] body = new byte[3 << 20];
        new Random(1).nextBytes(body);
        try (FaultyServer server = FaultyServer.running(answering("Content-Encoding: GZip", gzip(body)))) {
            Reply reply = (Reply) upstream.call(post(server.uri()), AMPLE);

            assertThat(reply.body()).isEqualTo(body);
            assertThat(server.requests().getFirst()).doesNotContainIgnoringCase("accept-encoding");
        }
    }

    @Test
    void anEncodingThatIsNoneIsRead() throws Exception {
        try (FaultyServer server =
                FaultyServer.running(answering("Content-Encoding: identity", "{}".getBytes(UTF_8)))) {
            assertThat(((Reply) upstream.call(post(server.uri()), AMPLE)).body()).asString(UTF_8).isEqualTo("{}");
        }
    }

    /** 1 GB in 1 MB. */
    @Test
    void aReplyThatInflatesIsATransportFailure() throws Exception {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream zeros = new GZIPOutputStream(bomb)) {
            byte[] megabyte = new byte[1 << 20];
            for (int i = 0; i < 1024; i++) {
                zeros.write(megabyte);
            }
        }
        try (FaultyServer server = FaultyServer.running(answering("Content-Encoding: gzip", bomb.toByteArray()))) {
            assertThat(upstream.call(post(server.uri()), AMPLE))
                    .isEqualTo(new Failed(FailureClass.TRANSPORT, "a reply of more than 16 MB"));
        }
    }

    @Test
    void gzipThatIsNoneIsATransportFailure() throws Exception {
        byte[] whole = gzip("{}".repeat(1000).getBytes(UTF_8));
        for (byte[] body : List.of(Arrays.copyOf(whole, whole.length - 1), new byte[0], "{}".getBytes(UTF_8))) {
            try (FaultyServer server = FaultyServer.running(answering("Content-Encoding: gzip", body))) {
                assertThat(upstream.call(post(server.uri()), AMPLE)).isEqualTo(
                        new Failed(FailureClass.TRANSPORT, "a body that is not valid gzip"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "gzip, gzip", "x\u0001y"})
    void anotherEncodingIsATransportFailure(String encoding) throws Exception {
        try (FaultyServer server =
                FaultyServer.running(answering("Content-Encoding: " + encoding, "{}".getBytes(UTF_8)))) {
            assertThat(((Failed) upstream.call(post(server.uri()), AMPLE)).failure())
                    .isEqualTo(FailureClass.TRANSPORT);
        }
    }

    /** It holds 9 MB of each of them before either can end; then one goes beyond the budget, and the other waits for it. */
    @Test
    void callsThatShareABudgetWaitForEachOther() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        try (FaultyServer server = FaultyServer.running(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + (10 << 20) + "\r\n\r\n" + "x".repeat(1 << 20));
            try {
                both.await(60, TimeUnit.SECONDS);
            } catch (BrokenBarrierException | TimeoutException e) {
                throw new IOException(e);
            }
            connection.send("x".repeat(9 << 20));
        })) {
            ReplyBudget budget = new ReplyBudget(8 << 20);
            List<CompletableFuture<Integer>> sizes = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                CompletableFuture<Integer> size = new CompletableFuture<>();
                sizes.add(size);
                Thread.ofVirtual().start(() -> {
                    ReplyBudget.Share share = budget.share();
                    try {
                        size.complete(((Reply) upstream.call(post(server.uri()), AMPLE, share)).body().length);
                    } catch (InterruptedException | ClassCastException e) {
                        size.completeExceptionally(e);
                    } finally {
                        share.giveBack();
                    }
                });
            }

            for (CompletableFuture<Integer> size : sizes) {
                assertThat(size.get(60, TimeUnit.SECONDS)).isEqualTo(10 << 20);
            }
        }
    }

    /** No room has come in its time: others still hold theirs. */
    @Test
    void aCallThatFindsNoRoomForItsReplyIsATimeout() throws Exception {
        ReplyBudget budget = new ReplyBudget(10);
        assertThat(budget.share().take(11, Duration.ZERO)).isTrue();
        try (FaultyServer server = FaultyServer.running(answering("X-Length: 2", "{}".getBytes(UTF_8)))) {
            assertThat(upstream.call(post(server.uri()), Duration.ofMillis(300), budget.share()))
                    .isEqualTo(new Failed(FailureClass.TIMEOUT, "no whole reply within 300 ms"));
        }
    }

    private static FaultyServer.Script answering(String header, byte[] body) {
        return connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\n" + header + "\r\nContent-Length: " + body.length + "\r\n\r\n");
            connection.send(body);
        };
    }

    private static byte[] gzip(byte[] body) throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(body);
        }
        return zipped.toByteArray();
    }

    @Test
    void aHangingServerIsATimeoutAndItsConnectionIsClosed() throws Exception {
        assertTimeoutAndClosed(connection -> {
            connection.readRequest();
            connection.hang();
        });
    }

    @Test
    void aBodyThatTricklesIsCutAtTheTimeoutAndItsConnectionIsClosed() throws Exception {
        assertTimeoutAndClosed(connection -> {
            connection.readRequest();
            connection.watchForHangUp();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            while (true) {
                connection.send("x");
                connection.pause();
            }
        });
    }

    @Test
    void headersThatTrickleAreCutAtTheTimeoutAndTheirConnectionIsClosed() throws Exception {
        assertTimeoutAndClosed(connection -> {
            connection.readRequest();
            connection.watchForHangUp();
            connection.send("HTTP/1.1 200 OK\r\nx-slow: ");
            while (true) {
                connection.send("x");
                connection.pause();
            }
        });
    }

    @Test
    void aServerThatStopsReadingIsATimeoutAndItsConnectionIsClosed() throws Exception {
        CountDownLatch timedOut = new CountDownLatch(1);
        try (FaultyServer server = FaultyServer.running(connection -> {
            timedOut.await();
            connection.hang();
        })) {
            byte[] large = new byte[32 << 20];

            Result result = callBriefly(server, new ProviderRequest(server.uri(), Map.of(), large));
            timedOut.countDown();

            assertThat(result).isEqualTo(new Failed(FailureClass.TIMEOUT, "no whole reply within 200 ms"));
            assertThat(server.connections().getFirst().clientHungUp()).isTrue();
        }
    }

    @Test
    void aHandshakeThatHangsIsATimeout() throws Exception {
        try (FaultyServer server = FaultyServer.running(FaultyServer.Connection::hang)) {
            URI https = URI.create("https" + server.uri().toString().substring("http".length()));

            Result result = callBriefly(server, post(https));

            assertThat(result).isEqualTo(new Failed(FailureClass.TIMEOUT, "no whole reply within 200 ms"));
            assertThat(server.connections().getFirst().clientHungUp()).isTrue();
        }
    }

    @Test
    void anInterruptGivesTheCallUpAndClosesItsConnection() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (FaultyServer server = FaultyServer.running(connection -> {
            connection.readRequest();
            asked.countDown();
            connection.hang();
        });
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicReference<Thread> caller = new AtomicReference<>();
            Future<Result> call = threads.submit(() -> {
                caller.set(Thread.currentThread());
                return upstream.call(post(server.uri()), AMPLE);
            });
            asked.await();

            caller.get().interrupt();

            assertThatThrownBy(call::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(server.connections().getFirst().clientHungUp()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk-secret\r\nx: y", "sk-secret\n", "sk-secr\u00e9t\u0000"})
    void aKeyThatIsNoHeaderValueIsNamedWithoutItsValue(String key) throws Exception {
        URI uri = URI.create("http://127.0.0.1:9/v1");

        Failed failed = (Failed) upstream.call(new ProviderRequest(uri, Map.of("x-api-key", key), new byte[0]), AMPLE);

        assertThat(failed).isEqualTo(new Failed(
                FailureClass.TRANSPORT, "IllegalArgumentException: header x-api-key cannot be sent"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://secret/v1", "v1/secret", "http:///secret"})
    void aUriThatCannotBeCalledIsATransportFailureThatDoesNotQuoteIt(String uri) throws Exception {
        Failed failed = (Failed) upstream.call(post(URI.create(uri)), AMPLE);

        assertThat(failed).isEqualTo(new Failed(
                FailureClass.TRANSPORT, "IllegalArgumentException: the URI cannot be called"));
    }

    @Test
    void connectionsAreKeptForTheNextCall() throws Exception {
        try (FaultyServer server = FaultyServer.running(HttpUpstreamTest::answerForever)) {
            upstream.call(post(server.uri()), AMPLE);
            upstream.call(post(server.uri()), AMPLE);

            assertThat(server.requests()).hasSize(2);
            assertThat(server.connections()).hasSize(1);
        }
    }

    @Test
    void aConnectionTheServerClosedWhileIdleIsNoFailure() throws Exception {
        try (FaultyServer server = FaultyServer.running(HttpUpstreamTest::answerForever)) {
            for (int call = 1; call <= 50; call++) {
                assertThat(body(upstream.call(post(server.uri()), AMPLE))).isEqualTo("pong");
                server.connections().getLast().closeWhileIdle();
            }

            assertThat(server.requests()).hasSize(50);
        }
    }

    @Test
    void aConnectionTheServerResetWhileIdleIsNoFailure() throws Exception {
        try (FaultyServer server = FaultyServer.running(HttpUpstreamTest::answerForever)) {
            for (int call = 1; call <= 50; call++) {
                assertThat(body(upstream.call(post(server.uri()), AMPLE))).isEqualTo("pong");
                server.connections().getLast().resetWhileIdle();
            }

            assertThat(server.requests()).hasSize(50);
        }
    }

    @Test
    void aPostIsNotSentAgainWhenItsKeptConnectionBreaks() throws Exception {
        try (FaultyServer server = FaultyServer.running(connection -> {
            connection.readRequest();
            connection.sendOk("pong");
            connection.readRequest();
        })) {
            upstream.call(post(server.uri()), AMPLE);

            Failed failed = (Failed) upstream.call(post(server.uri()), AMPLE);

            assertThat(failed.failure()).isEqualTo(FailureClass.TRANSPORT);
            assertThat(server.requests()).hasSize(2);
            assertThat(server.connections()).hasSize(1);
        }
    }

    @Test
    void afterARenewalCallsUseNewConnectionsAndIdleOnesAreClosed() throws Exception {
        try (FaultyServer server = FaultyServer.running(HttpUpstreamTest::answerForever)) {
            upstream.call(post(server.uri()), AMPLE);

            upstream.renew();

            assertThat(body(upstream.call(post(server.uri()), AMPLE))).isEqualTo("pong");
            assertThat(server.connections()).hasSize(2);
            assertThat(server.connections().getFirst().clientHungUp()).isTrue();
        }
    }

    @Test
    void aRenewalLetsCallsInFlightEnd() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch renewed = new CountDownLatch(1);
        try (FaultyServer server = FaultyServer.running(connection -> {
            connection.readRequest();
            asked.countDown();
            renewed.await();
            connection.sendOk("pong");
        });
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Result> call = threads.submit(() -> upstream.call(post(server.uri()), AMPLE));
            asked.await();

            upstream.renew();
            renewed.countDown();

            assertThat(body(call.get())).isEqualTo("pong");
        }
    }

    @Test
    void callsAmidRenewalsAllEnd() throws Exception {
        try (FaultyServer server = FaultyServer.running(HttpUpstreamTest::answerForever);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Result>> calls = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                calls.add(threads.submit(() -> upstream.call(post(server.uri()), AMPLE)));
                if (i % 10 == 0) {
                    upstream.renew();
                }
            }

            for (Future<Result> call : calls) {
                assertThat(body(call.get())).isEqualTo("pong");
            }
        }
    }

    @Test
    void connectionsKeptThroughAFreezeAreNotUsed() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
        HttpUpstream frozen = new HttpUpstream(now::get);
        try (FaultyServer server = FaultyServer.running(HttpUpstreamTest::answerForever)) {
            frozen.call(post(server.uri()), AMPLE);
            now.set(Instant.EPOCH.plusSeconds(30));
            frozen.call(post(server.uri()), AMPLE);
            assertThat(server.connections()).hasSize(1);

            now.set(Instant.EPOCH.plusSeconds(61));
            frozen.call(post(server.uri()), AMPLE);

            assertThat(server.connections()).hasSize(2);
        }
    }

    @Test
    void manyCallsToASlowServerRunAtOnceAndAllEnd() throws Exception {
        int callers = 200;
        CountDownLatch allAsked = new CountDownLatch(callers);
        try (FaultyServer server = FaultyServer.running(connection -> {
            connection.readRequest();
            allAsked.countDown();
            allAsked.await();
            connection.sendOk("pong");
        });
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Result>> calls = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                calls.add(threads.submit(() -> upstream.call(post(server.uri()), AMPLE)));
            }

            for (Future<Result> call : calls) {
                assertThat(body(call.get())).isEqualTo("pong");
            }
            assertThat(server.requests()).hasSize(callers);
        }
    }

    private void assertTransportFailure(FaultyServer.Script script) throws Exception {
        try (FaultyServer server = FaultyServer.running(script)) {
            Failed failed = (Failed) upstream.call(post(server.uri()), AMPLE);

            assertThat(failed.failure()).isEqualTo(FailureClass.TRANSPORT);
            assertThat(failed.detail()).isNotBlank().doesNotContain("secret", "half").hasSizeLessThanOrEqualTo(200);
            assertThat(server.requests()).hasSizeLessThanOrEqualTo(1);
        }
    }

    private void assertTimeoutAndClosed(FaultyServer.Script script) throws Exception {
        try (FaultyServer server = FaultyServer.running(script)) {
            Result result = callBriefly(server, post(server.uri()));

            assertThat(result).isEqualTo(new Failed(FailureClass.TIMEOUT, "no whole reply within 200 ms"));
            assertThat(server.connections().getFirst().clientHungUp()).isTrue();
        }
    }

    /** On a busy machine a brief call may end before it has connected: then it is made again. */
    private Result callBriefly(FaultyServer server, ProviderRequest request) throws InterruptedException {
        Result result;
        do {
            result = upstream.call(request, BRIEF);
        } while (server.connections().isEmpty());
        return result;
    }

    private static void answerForever(FaultyServer.Connection connection) throws IOException {
        while (true) {
            connection.readRequest();
            connection.sendOk("pong");
        }
    }

    private static ProviderRequest post(URI uri) {
        return new ProviderRequest(uri, Map.of("authorization", "Bearer sk-secret"), "ping".getBytes(UTF_8));
    }

    private static String body(Result result) {
        assertThat(result).isInstanceOf(Reply.class);
        return new String(((Reply) result).body(), UTF_8);
    }
}
