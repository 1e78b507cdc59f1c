package ailb.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before the API sees it, byte by byte over a socket. */
@Timeout(30)
class RefusalsTest {

    /** At the end of what is sent: nothing more comes. */
    private static final String END = "\u0000END";

    private static final String HOST = "Host: SERVER\r\n";

    private final List<ApiRequest> requests = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = serving(Duration.ofMinutes(1));
    }

    private HttpServer serving(Duration longestIdle) throws IOException {
        ApiResponse pong = new ApiResponse(200, Map.of(), "pong".getBytes(UTF_8));
        Answers answers = new Answers(1000, request -> {
            requests.add(request);
            return pong;
        }, _ -> pong, _ -> pong);
        return HttpServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), answers, longestIdle);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "400 | GET /v1/%zz HTTP/1.1",
        "400 | GET /v1/% HTTP/1.1",
        "400 | GET /v1/%f HTTP/1.1",
        "400 | GET /v1/%00 HTTP/1.1",
        "400 | GET /v1/%ff HTTP/1.1",
        "400 | GET /v1/\\ HTTP/1.1",
        "400 | GET /v1/\u0001 HTTP/1.1",
        "400 | GET /v1/\u00e9 HTTP/1.1",
        "400 | GET /v1/a b HTTP/1.1",
        "400 | GET v1 HTTP/1.1",
        "505 | GET  HTTP/1.1",
        "400 | GE(T /v1/models HTTP/1.1",
        "400 | nonsense",
        "400 | GET",
        "505 | GET /v1/models",
        "505 | GET /v1/models HTTP/0.9",
        "505 | GET /v1/models HTTP/3.0",
        "426 | GET /v1/models HTTP/2.0",
        "505 | GET /v1/models HTTP/1",
        "505 | GET /v1/models FTP/1.1"})
    void aRequestLineThatIsNone(int status, String line) throws IOException {
        assertRefused(status, line + "\r\n" + HOST + "\r\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "400 | Content-Length: many",
        "400 | Content-Length: -1",
        "400 | Content-Length: +1",
        "400 | Content-Length: 0x1",
        "400 | Content-Length: 99999999999999999999",
        "400 | `Content-Length: 1\r\nContent-Length: 2`",
        "400 | `Content-Length: 1\r\nTransfer-Encoding: chunked`",
        "400 | `Transfer-Encoding: chunked\r\nContent-Length: 1`",
        "400 | Content-Length: 1, 2",
        "400 | Transfer-Encoding: gzip",
        "400 | Transfer-Encoding: xchunked",
        "400 | Transfer-Encoding: chunked, gzip",
        "400 | Transfer-Encoding: identity",
        "400 | bad name: x",
        "400 | name : x",
        "400 | no colon",
        "400 | : no name",
        "400 | `folded: a\r\n b`",
        "400 | zero: a\u0000b",
        "400 | Host: SERVER",
        "417 | Expect: a miracle"})
    void aHeaderThatIsNone(int status, String header) throws IOException {
        assertRefused(status, "POST /v1/chat/completions HTTP/1.1\r\n" + HOST + header + "\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Host: \r\n", "Host: a b\r\n", "Host: a:99999\r\n", "Host: user@SERVER\r\n"})
    void aHostThatIsNone(String host) throws IOException {
        assertRefused(400, "GET /v1/models HTTP/1.1\r\n" + host + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\r\n", "-1\r\n", "\r\n", "fffffffffffffffff\r\n", "1;\u0000\r\na\r\n0\r\n\r\n",
                "1\r\nabc\r\n0\r\n\r\n"
            })
    void aChunkThatIsNone(String chunk) throws IOException {
        assertRefused(
                400, "POST /v1/chat/completions HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n" + chunk);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Content-Length: 100\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n5\r\nhal"})
    void aBodyThatEndsEarly(String body) throws IOException {
        assertRefused(400, "POST /v1/chat/completions HTTP/1.1\r\n" + HOST + body + END);
    }

    @Test
    void aBodyThatStopsComing() throws IOException {
        try (HttpServer impatient = serving(Duration.ofSeconds(1))) {
            String answer = answer(
                    impatient, "POST /v1/chat/completions HTTP/1.1\r\n" + HOST + "Content-Length: 100\r\n\r\nhalf");

            assertThat(answer).startsWith("HTTP/1.1 408 ");
            assertThat(json(answer).at("/error/code").textValue()).isEqualTo("request_timeout");
        }
    }

    /** As those on which nothing is asked. */
    @Test
    void aHeadThatStopsComingEndsItsConnection() throws IOException {
        try (HttpServer impatient = serving(Duration.ofMillis(50))) {
            assertThat(answer(impatient, "GET /v1/mod")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // The first bytes of TLS, SSH, HTTP/2, SOCKS and a proxy.
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", "SSH-2.0-OpenSSH_9.9\r\n",
                "\u0005\u0001\u0000", "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n"
            })
    void anotherProtocol(String bytes) throws IOException {
        assertRefused(400, bytes);
    }

    @Test
    void http2() throws IOException {
        assertRefused(426, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 5_001, 20_000})
    void moreHeadersThan200(int headers) throws IOException {
        StringBuilder head = new StringBuilder("GET /v1/models HTTP/1.1\r\n" + HOST + "Connection: close\r\n");
        for (int i = 2; i < headers; i++) {
            head.append("x").append(i).append(": 1\r\n");
        }
        assertRefused(431, head.append("\r\n").toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {70_000, 250_000, 300_000})
    void moreBytesOfHeadersThan64K(int bytes) throws IOException {
        assertRefused(
                431,
                "GET /v1/models HTTP/1.1\r\n" + HOST + "Connection: close\r\nx: " + "1".repeat(bytes) + "\r\n\r\n");
        assertRefused(431, "GET /" + "p".repeat(bytes) + " HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");
    }

    @Test
    void theErrorIsOneOfTheProtocolOfItsPath() throws IOException {
        String answer = answer("GET /v1/messages HTTP/1.1\r\n" + HOST + "bad name: x\r\n\r\n");

        JsonNode body = json(answer);
        assertThat(body.path("type").textValue()).isEqualTo("error");
        assertThat(body.at("/error/type").textValue()).isEqualTo("invalid_request_error");
    }

    @Test
    void nothingIsRepeatedThatTheCallerSent() throws IOException {
        assertThat(answer("GET /s3cret%zz?s3cret HTTP/1.1\r\nHost: s3cret s3cret\r\ns3cret\u0000: s3cret\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .doesNotContain("s3cret", "SERVER");
    }

    /** Status and body, the end of the connection, and that the server goes on. */
    private void assertRefused(int status, String bytes) throws IOException {
        String answer = answer(bytes);

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("\r\nContent-Type: application/json\r\n");
        JsonNode error = json(answer).path("error");
        assertThat(error.path("message").textValue()).isNotBlank().hasSizeLessThan(200);
        assertThat(error.path("type").textValue()).isEqualTo("invalid_request_error");
        assertThat(requests).isEmpty();
        assertThat(answer("GET /v1/models HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("\r\n\r\npong");
        requests.clear();
    }

    private static JsonNode json(String answer) throws IOException {
        return new JsonMapper().readTree(answer.substring(answer.indexOf("\r\n\r\n")));
    }

    /** All that the server says until it ends the connection. */
    private String answer(String bytes) throws IOException {
        return answer(server, bytes);
    }

    private static String answer(HttpServer server, String bytes) throws IOException {
        int port = server.address().getPort();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String sent = bytes.replace("SERVER", "127.0.0.1:" + port).replace(END, "");
            socket.getOutputStream().write(sent.getBytes(ISO_8859_1));
            if (bytes.endsWith(END)) {
                socket.shutdownOutput();
            }
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }
}
