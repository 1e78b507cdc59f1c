package ailb.gateway;

import static ailb.gateway.ToyFunction.OK;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules that the fake gateway keeps, as a caller sees them. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayRulesTest {

    private static final String NULS = "\0".repeat(8);

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Deque<AutoCloseable> closers = new ArrayDeque<>();

    @AfterEach
    void close() throws Exception {
        while (!closers.isEmpty()) {
            closers.pop().close();
        }
        client.shutdownNow();
    }

    @Test
    void anAnswerGoesOutAsItComes() throws Exception {
        CountDownLatch firstWasRead = new CountDownLatch(1);
        RawCaller caller = caller(gateway(ToyFunction.answering(out -> {
            ToyFunction.write(out, OK);
            ToyFunction.write(out, "first");
            firstWasRead.await();
            ToyFunction.write(out, "second");
        })));
        caller.get("/v1/x");

        caller.readHead();
        assertThat(caller.readChunk()).isEqualTo("first");
        firstWasRead.countDown();
        assertThat(caller.readChunk()).isEqualTo("second");
        assertThat(caller.readChunk()).isEmpty();
    }

    @Test
    void theHeadGoesOutBeforeThereIsABody() throws Exception {
        CountDownLatch headWasRead = new CountDownLatch(1);
        RawCaller caller = caller(gateway(ToyFunction.answering(out -> {
            ToyFunction.write(out, OK);
            headWasRead.await();
            ToyFunction.write(out, "body");
        })));
        caller.get("/v1/x");

        assertThat(caller.readHead()).first().asString().startsWith("HTTP/1.1 200");
        headWasRead.countDown();
        assertThat(caller.readChunk()).isEqualTo("body");
    }

    @Test
    void whatComesWithThePreludeIsAChunkAndEachWriteAfterItIsOne() throws Exception {
        RawCaller caller = caller(gateway(ToyFunction.saying(OK + "a", "b", "", "c")));
        caller.get("/v1/x");

        assertThat(caller.readHead()).contains("Transfer-Encoding: chunked", "content-type: text/plain");
        assertThat(List.of(caller.readChunk(), caller.readChunk(), caller.readChunk(), caller.readChunk()))
                .containsExactly("a", "b", "c", "");
    }

    @Test
    void aConnectionServesManyRequestsEachWithAnIdOfItsOwn() throws Exception {
        ToyFunction function = ToyFunction.saying(OK, "ok");
        RawCaller caller = caller(gateway(function));
        List<String> ids = new ArrayList<>();
        for (String target : List.of("/v1/one", "/nowhere", "/v1/two")) {
            caller.get(target);
            List<String> head = caller.readHead();
            ids.add(head.stream().filter(line -> line.startsWith("x-amzn-RequestId: ")).findFirst().orElseThrow());
            if (target.startsWith("/v1/")) {
                assertThat(caller.readChunk() + caller.readChunk()).isEqualTo("ok");
            } else {
                assertThat(head).contains("Content-Length: 23");
                assertThat(caller.read(23)).isEqualTo("{\"message\":\"Forbidden\"}");
            }
        }

        assertThat(ids).doesNotHaveDuplicates();
        assertThat(function.events()).hasSize(2);
        assertThat(ids.get(2)).endsWith(json(function.events().get(1)).at("/requestContext/requestId").textValue());
    }

    @Test
    void aCallerThatSaysSoIsTheLast() throws Exception {
        RawCaller caller = caller(gateway(ToyFunction.saying(OK, "ok")));
        caller.send("GET /v1/x HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\n\r\n");

        assertThat(caller.readToEnd()).endsWith("0\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions?a=1, /chat/completions, /{proxy+}",
        "/v1, /, /",
        "/v1/, /, /",
        "/v1//x, //x, /{proxy+}",
        "/v1/v1/models, /v1/models, /{proxy+}",
    })
    void theStageIsOfTheUrlAndNotOfThePath(String target, String path, String resource) throws Exception {
        ToyFunction function = ToyFunction.saying(OK, "ok");
        FakeGateway gateway = gateway(function);

        assertThat(get(gateway, target).statusCode()).isEqualTo(200);
        JsonNode event = json(function.events().getFirst());
        assertThat(event.path("path").textValue()).isEqualTo(path);
        assertThat(event.path("resource").textValue()).isEqualTo(resource);
        assertThat(event.at("/requestContext/stage").textValue()).isEqualTo("v1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v2/models", "/chat/completions", "/v1x"})
    void anotherStageIsForbidden(String target) throws Exception {
        ToyFunction function = ToyFunction.saying(OK, "ok");
        HttpResponse<String> response = get(gateway(function), target);

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).isEqualTo("{\"message\":\"Forbidden\"}");
        assertThat(response.headers().firstValue("x-amzn-errortype")).contains("ForbiddenException");
        assertThat(function.events()).isEmpty();
    }

    @Test
    void aResourceThatTheApiDoesNotHaveWantsAToken() throws Exception {
        FakeGateway gateway = gateway(
                ToyFunction.saying(OK, "ok"), GatewaySettings.deployed().withResources("/{proxy+}"));
        HttpResponse<String> root = get(gateway, "/v1/");

        assertThat(root.statusCode()).isEqualTo(403);
        assertThat(root.body()).isEqualTo("{\"message\":\"Missing Authentication Token\"}");
        assertThat(get(gateway, "/v1/x").statusCode()).isEqualTo(200);
    }

    @Test
    void aCustomDomainHasNoStageInItsUrl() throws Exception {
        ToyFunction function = ToyFunction.saying(OK, "ok");
        FakeGateway gateway = gateway(function, GatewaySettings.deployed().behindCustomDomain());

        assertThat(gateway.uri()).isEqualTo(gateway.root());
        assertThat(get(gateway, "/v1/models").statusCode()).isEqualTo(200);
        assertThat(json(function.events().getFirst()).path("path").textValue()).isEqualTo("/v1/models");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "a header that is a number      | {'statusCode':200,'headers':{'retry-after':1}}000 | 502 | the header retry-after is not a string",
        "a field that nobody knows      | {'statusCode':200,'body':'x'}000 | 502 | the prelude has a field 'body'",
        "no JSON                        | statusCode 200000 | 502 | the prelude is not JSON",
        "a buffered answer, no separator| {'statusCode':200,'body':'x'} | 500 | no eight NULs",
    })
    void anAnswerThatIsNoneIsAnInternalServerError(String what, String answer, int status, String complaint)
            throws Exception {
        String text = answer.replace('\'', '"').replaceFirst("000$", NULS);
        FakeGateway gateway = gateway(ToyFunction.saying(text, "body"));
        HttpResponse<String> response = get(gateway, "/v1/x");

        assertThat(response.statusCode()).as(what).isEqualTo(status);
        assertThat(response.body()).isEqualTo("{\"message\":\"Internal server error\"}");
        assertThat(gateway.complaints()).containsExactly(complaint);
    }

    @Test
    void anEmptyAnswerIsAnInternalServerError() throws Exception {
        FakeGateway gateway = gateway(ToyFunction.saying());

        assertThat(get(gateway, "/v1/x").statusCode()).isEqualTo(502);
        assertThat(gateway.complaints()).containsExactly("an empty answer");
    }

    @Test
    void aLateSeparatorIsAnInternalServerError() throws Exception {
        FakeGateway gateway = gateway(ToyFunction.saying("{\"statusCode\":200}" + " ".repeat(16 * 1024) + NULS + "x"));

        assertThat(get(gateway, "/v1/x").statusCode()).isEqualTo(500);
        assertThat(gateway.complaints()).containsExactly("no eight NULs in the first 16 KB");
    }

    @Test
    void aFailureBeforeTheAnswerIsABadGateway() throws Exception {
        FakeGateway gateway = gateway(ToyFunction.answering(_ -> {
            throw new IOException("of the test");
        }));

        assertThat(get(gateway, "/v1/x").statusCode()).isEqualTo(502);
        assertThat(gateway.complaints()).hasSize(1).first().asString().contains("the function failed", "of the test");
    }

    @Test
    void aFailureInTheMiddleCutsTheAnswerOff() throws Exception {
        FakeGateway gateway = gateway(ToyFunction.answering(out -> {
            ToyFunction.write(out, OK + "half");
            throw new IllegalStateException("of the test");
        }));
        RawCaller caller = caller(gateway);
        caller.get("/v1/x");

        caller.readHead();
        assertThat(caller.readChunk()).isEqualTo("half");
        assertThatThrownBy(caller::readChunk).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> get(gateway, "/v1/x")).isInstanceOf(IOException.class);
    }

    @Test
    void headersComeBackAsTheFunctionSentThemOrUnderAnotherName() throws Exception {
        String prelude = """
                {"statusCode":401,"headers":{"www-authenticate":"Bearer","date":"today","server":"mine",
                "content-length":"7","connection":"close","transfer-encoding":"identity","x-lb-endpoint":"a"},
                "multiValueHeaders":{"x-many":["1","2"]},"cookies":["c=1"]}""";
        HttpResponse<String> response = get(gateway(ToyFunction.saying(prelude + NULS, "no")), "/v1/x");

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.body()).isEqualTo("no");
        assertThat(response.headers().map())
                .containsEntry("x-amzn-remapped-www-authenticate", List.of("Bearer"))
                .containsEntry("x-amzn-remapped-date", List.of("today"))
                .containsEntry("x-amzn-remapped-server", List.of("mine"))
                .containsEntry("x-amzn-remapped-content-length", List.of("7"))
                .containsEntry("x-amzn-remapped-connection", List.of("close"))
                .containsEntry("transfer-encoding", List.of("chunked"))
                .containsEntry("x-lb-endpoint", List.of("a"))
                .containsEntry("x-many", List.of("1", "2"))
                .containsEntry("set-cookie", List.of("c=1"))
                .containsEntry("content-type", List.of("application/json"))
                .doesNotContainKeys("www-authenticate", "server", "content-length");
        assertThat(response.headers().allValues("date")).hasSize(1).doesNotContain("today");
    }

    @Test
    void aBodyArrivesByLengthInChunksAndAfterAPromise() throws Exception {
        ToyFunction function = ToyFunction.saying(OK, "ok");
        FakeGateway gateway = gateway(function);
        send(gateway, BodyPublishers.ofString("Grüße"), false);
        send(gateway, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream("日本".getBytes(UTF_8))), false);
        send(gateway, BodyPublishers.ofString("asked first"), true);

        assertThat(function.events())
                .extracting(event -> json(event).path("body").textValue())
                .containsExactly("Grüße", "日本", "asked first");
    }

    /** By its length, in chunks, and announced. */
    @Test
    void aBodyOverTenMegabytesIsRefusedByTheGateway() throws Exception {
        ToyFunction function = ToyFunction.saying(OK, "ok");
        FakeGateway gateway = gateway(function);
        byte[] body = new byte[10 * 1024 * 1024 + 1];

        assertThat(List.of(
                send(gateway, BodyPublishers.ofByteArray(body), false),
                send(gateway, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)), false),
                send(gateway, BodyPublishers.ofByteArray(body), true)))
                .allSatisfy(response -> {
                    assertThat(response.statusCode()).isEqualTo(413);
                    assertThat(response.body()).isEqualTo("HTTP content length exceeded 10485760 bytes.");
                });
        assertThat(function.events()).isEmpty();
    }

    /** A quotation mark takes two bytes of JSON. */
    @ParameterizedTest
    @CsvSource({"x, 6280000, 200", "x, 6291556, 413", "'\"', 3140000, 200", "'\"', 3145778, 413"})
    void anEventOverSixMegabytesIsRefusedByLambda(String character, int count, int status) throws Exception {
        HttpResponse<String> response = send(
                gateway(ToyFunction.saying(OK, "ok")), BodyPublishers.ofString(character.repeat(count)), false);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEqualTo(status == 200 ? "ok" : "{\"message\":\"Request Too Long\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense\r\n\r\n", "GET http://x/ HTTP/1.1\r\n\r\n", "GET /v1 HTTP/1.1\r\nnocolon\r\n\r\n",
        "POST /v1 HTTP/1.1\r\nContent-Length: many\r\n\r\n"})
    void whatIsNoRequestIsBad(String text) throws Exception {
        RawCaller caller = caller(gateway(ToyFunction.saying(OK, "ok")));
        caller.send(text);

        assertThat(caller.readToEnd()).startsWith("HTTP/1.1 400").endsWith("{\"message\":\"Bad Request\"}");
    }

    @Test
    void whatMayHaveNoBodyHasNone() throws Exception {
        FakeGateway gateway = gateway(ToyFunction.saying(OK, "ok"));
        HttpRequest head = HttpRequest.newBuilder(gateway.root().resolve("/v1/x")).HEAD().build();
        FakeGateway nothing = gateway(ToyFunction.saying("{\"statusCode\":204}" + NULS));
        RawCaller caller = caller(nothing);
        caller.get("/v1/x");
        List<String> first = caller.readHead();
        caller.get("/v1/x");

        assertThat(client.send(head, BodyHandlers.ofString()).body()).isEmpty();
        assertThat(first).noneMatch(line -> line.startsWith("Transfer-Encoding"));
        assertThat(caller.readHead()).first().asString().startsWith("HTTP/1.1 204");
    }

    private FakeGateway gateway(StreamingFunction function) throws IOException {
        return gateway(function, GatewaySettings.deployed());
    }

    private FakeGateway gateway(StreamingFunction function, GatewaySettings settings) throws IOException {
        FakeGateway gateway = FakeGateway.start(function, settings, new SystemGatewayClock());
        closers.push(gateway);
        return gateway;
    }

    private RawCaller caller(FakeGateway gateway) throws IOException {
        RawCaller caller = new RawCaller(gateway.root());
        closers.push(caller);
        return caller;
    }

    private HttpResponse<String> get(FakeGateway gateway, String target) throws Exception {
        URI uri = URI.create(gateway.root() + target);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> send(FakeGateway gateway, HttpRequest.BodyPublisher body, boolean asksFirst)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(gateway.root() + "/v1/x"))
                .header("Content-Type", "application/json")
                .expectContinue(asksFirst)
                .POST(body)
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static JsonNode json(String text) {
        try {
            return new JsonMapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
