package ailb.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is answered by a server on loopback. In what is sent, PORT stands for the server's, and | for the end of a line. */
@Timeout(30)
class OwnAddressTest {

    private final List<ApiRequest> requests = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        ApiResponse pong = new ApiResponse(200, Map.of(), "pong".getBytes(UTF_8));
        server = HttpServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10, request -> {
                    requests.add(request);
                    return pong;
                }, _ -> pong, _ -> pong);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1|Host: 127.0.0.1:PORT",
                "GET / HTTP/1.1|Host: localhost:PORT",
                "GET / HTTP/1.1|Host: LocalHost:PORT",
                "GET / HTTP/1.1|Host: [::1]:PORT",
                "GET http://127.0.0.1:PORT/ HTTP/1.1|Host: 127.0.0.1:PORT",
                "GET / HTTP/1.0|Host: localhost:PORT",
                "GET / HTTP/1.1|Host: localhost:PORT|Origin: http://localhost:PORT",
                "GET / HTTP/1.1|Host: localhost:PORT|Origin: http://127.0.0.1:PORT",
                "GET / HTTP/1.1|Host: localhost:PORT|Sec-Fetch-Site: none",
                "GET / HTTP/1.1|Host: localhost:PORT|Sec-Fetch-Site: same-origin"
            })
    void aProgramOnThisMachine(String head) throws IOException {
        assertThat(answer(head)).startsWith("HTTP/1.1 200 ").endsWith("pong");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: attacker.example",
                "Host: attacker.example:PORT",
                "Host: 127.0.0.1",
                "Host: 127.0.0.1:1",
                "Host: localhost",
                "Host: localhost.:PORT",
                "Host: localhost.attacker.example:PORT",
                "Host: attackerlocalhost:PORT",
                "Host: 127.0.0.1.attacker.example:PORT",
                "Host: 127.0.0.1.:PORT",
                "Host: 127.0.0.2:PORT",
                "Host: 127.1:PORT",
                "Host: 2130706433:PORT",
                "Host: 0.0.0.0:PORT",
                "Host: [::ffff:127.0.0.1]:PORT",
                "Host: 192.168.1.1:PORT",
                "Host: localhost:PORT|Origin: https://attacker.example",
                "Host: localhost:PORT|Origin: https://localhost:PORT",
                "Host: localhost:PORT|Origin: http://localhost:1",
                "Host: localhost:PORT|Origin: http://localhost",
                "Host: localhost:PORT|Origin: null",
                "Host: localhost:PORT|Origin: ",
                "Host: localhost:PORT|Origin: file://",
                "Host: localhost:PORT|Origin: http://localhost:PORT|Origin: https://attacker.example",
                "Host: localhost:PORT|Origin: http://localhost:PORT, http://localhost:PORT",
                "Host: localhost:PORT|Sec-Fetch-Site: cross-site",
                "Host: localhost:PORT|Sec-Fetch-Site: same-site",
                "Host: localhost:PORT|Sec-Fetch-Site: none|Sec-Fetch-Site: cross-site"
            })
    void aPageOfAnotherAddress(String headers) throws IOException {
        for (String line : List.of("GET / HTTP/1.1|", "POST /v1/chat/completions HTTP/1.1|", "PUT / HTTP/1.0|")) {
            String body = "Content-Length: 100";
            String answer = answer(line + headers + (line.startsWith("GET") ? "" : "|" + body), "x".repeat(100));

            assertThat(answer).startsWith("HTTP/1.1 403 ")
                    .contains("|Content-Type: application/json|", "\"code\":\"foreign_")
                    .contains("at 127.0.0.1:" + server.address().getPort())
                    .doesNotContain("attacker");
        }
        assertThat(requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1|Host: localhost:PORT|Host: attacker.example",
                "GET / HTTP/1.1|Host: attacker.example|Host: localhost:PORT",
                "GET / HTTP/1.1|Host: localhost:PORT|Host: localhost:PORT",
                "GET / HTTP/1.1|Host: localhost:PORT, attacker.example",
                "GET / HTTP/1.1|Host: attacker@localhost:PORT",
                "GET / HTTP/1.1|Host: localhost:PORT/attacker",
                "GET http://attacker.example/ HTTP/1.1|Host: localhost:PORT",
                "GET http://localhost:PORT/ HTTP/1.1|Host: attacker.example",
                "GET http://attacker.example/ HTTP/1.0|Host: localhost:PORT",
                "GET / HTTP/1.1|X: y",
                "GET / HTTP/1.0|X: y",
                "GET http://localhost:PORT/ HTTP/1.0|X: y",
                "GET / HTTP/1.0|Host:"
            })
    void whereItCameFromCannotBeTold(String head) throws IOException {
        assertThat(answer(head)).containsPattern("^HTTP/1.1 40[03] ").contains("|Content-Type: application/json|");
        assertThat(requests).isEmpty();
    }

    /** A browser asks before it sends what a form cannot. */
    @Test
    void noOtherPageIsAllowedAnything() throws IOException {
        for (String origin : List.of("https://attacker.example", "http://localhost:1", "null")) {
            assertThat(
                    answer(
                            "OPTIONS / HTTP/1.1|Host: localhost:PORT|Origin: " + origin
                                    + "|Access-Control-Request-Method: PUT|Access-Control-Request-Headers: authorization"
                                    + "|Access-Control-Request-Private-Network: true"))
                    .startsWith("HTTP/1.1 403 ")
                    .doesNotContainIgnoringCase("access-control");
        }
    }

    @Test
    void aMessagesCallerIsToldInItsProtocol() throws IOException {
        assertThat(answer("GET /v1/messages HTTP/1.1|Host: attacker.example"))
                .startsWith("HTTP/1.1 403 ")
                .contains("{\"type\":\"error\",\"error\":{\"type\":\"permission_error\",");
    }

    private String answer(String head) throws IOException {
        return answer(head, "");
    }

    /** All that the server says until it ends the connection, with | for the end of a line. */
    private String answer(String head, String body) throws IOException {
        int port = server.address().getPort();
        String sent = head.replace("PORT", Integer.toString(port)).replace("|", "\r\n")
                + "\r\nConnection: close\r\n\r\n" + body;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(sent.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1).replace("\r\n", "|");
        }
    }
}
