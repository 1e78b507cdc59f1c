package ailb.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Every port of a server that is a process of its own: what a page in a browser could do there. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@EnabledOnOs(OS.LINUX)
class LocalPortsTest {

    private static final Pattern QUEUE = Pattern.compile("QUEUE=(\\S+) DEAD=(\\S+)");

    private static Process process;
    private static URI api;
    private static URI queue;
    private static URI deadLetters;

    @BeforeAll
    static void start() throws IOException {
        process = LocalProcess.start(LocalProcess.java(), Map.of("STATE", "dynamodb"));
        BufferedReader out = process.inputReader(UTF_8);
        String welcome = LocalProcess.welcome(out);
        api = LocalProcess.address(welcome);
        Matcher urls = QUEUE.matcher(welcome);
        assertThat(urls.find()).isTrue();
        queue = URI.create(urls.group(1));
        deadLetters = URI.create(urls.group(2));
    }

    @AfterAll
    static void end() {
        process.toHandle().destroyForcibly();
    }

    @Test
    void everyPortButThatBehindTheQueuesRefusesPagesOfOtherAddresses() throws Exception {
        Set<Integer> ports = ListeningPorts.of(process.pid());
        assertThat(ports).contains(api.getPort(), queue.getPort(), deadLetters.getPort());
        assertThat(ports).containsAll(providers());

        Set<Integer> others = new HashSet<>(ports);
        for (int port : ports) {
            List<String> answers = foreign(port);
            if (answers.stream().allMatch(answer -> answer.contains("\"code\":\"foreign_"))) {
                assertThat(answers).allSatisfy(
                        answer -> assertThat(answer).startsWith("HTTP/1.1 403 ")
                                .contains("Content-Type: application/json")
                                .doesNotContainIgnoringCase("access-control"));
                others.remove(port);
            }
        }

        assertThat(others).hasSize(1).doesNotContain(api.getPort(), queue.getPort());
        assertIsOfNoUse(others.iterator().next());
    }

    /** ElasticMQ takes nothing that does not name the path that the printed URLs have and nobody can guess. */
    private static void assertIsOfNoUse(int port) throws IOException {
        String secret = queue.getPath().split("/")[1];
        assertThat(secret).hasSize(32);
        String without = queue.getPath().substring(secret.length() + 1);
        String url = "QueueUrl=http://127.0.0.1:" + port + without;
        for (String host : List.of("attacker.example", "127.0.0.1:" + port)) {
            for (String path : List.of("/", without, "/" + "0".repeat(32) + without)) {
                for (String action : List.of(
                        "ListQueues", "CreateQueue&QueueName=a", "GetQueueUrl&QueueName=" + name(without),
                        "SendMessage&MessageBody={}", "SendMessage&MessageBody={}&" + url, "ReceiveMessage&" + url,
                        "PurgeQueue&" + url, "DeleteQueue&" + url)) {
                    assertThat(answer(port, form(path, host, "Action=" + action))).as(path + " " + action)
                            .containsPattern("^HTTP/1.1 4\\d\\d ")
                            .doesNotContain(secret)
                            .doesNotContainIgnoringCase("access-control");
                }
            }
        }
    }

    @Test
    void whatIsPrintedWorksForAProgramOnThisMachine() throws Exception {
        assertThat(answer(api.getPort(), "GET /health HTTP/1.1\r\nHost: " + api.getAuthority() + "\r\n"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(answer(queue.getPort(),
                form(queue.getPath(), queue.getAuthority(), "Action=SendMessage&MessageBody={}")))
                .startsWith("HTTP/1.1 200 ");
        assertThat(answer(queue.getPort(), form("/", "localhost:" + queue.getPort(), "Action=ListQueues")))
                .startsWith("HTTP/1.1 200 ")
                .contains(queue.toString(), deadLetters.toString());
    }

    private static List<Integer> providers() throws IOException, InterruptedException {
        List<Integer> ports = new ArrayList<>();
        try (Caller caller = new Caller(api)) {
            caller.get("/simulate")
                    .path("providers")
                    .forEach(
                            provider -> ports.add(URI.create(provider.path("base_url").textValue()).getPort()));
        }
        assertThat(ports).hasSize(3);
        return ports;
    }

    /** What the server says to requests of pages elsewhere, and to those of a name that was made to lead here. */
    private static List<String> foreign(int port) throws IOException {
        String own = "127.0.0.1:" + port;
        List<String> requests = new ArrayList<>();
        for (String path : List.of("/", "/v1/models", queue.getPath())) {
            requests.add("GET " + path + " HTTP/1.1\r\nHost: attacker.example:" + port + "\r\n");
            requests.add("GET " + path + " HTTP/1.1\r\nHost: " + own + "\r\nOrigin: https://attacker.example\r\n");
            requests.add("GET " + path + " HTTP/1.1\r\nHost: " + own + "\r\nOrigin: null\r\n");
            requests.add("GET " + path + " HTTP/1.1\r\nHost: " + own + "\r\nSec-Fetch-Site: cross-site\r\n");
            requests.add("OPTIONS " + path + " HTTP/1.1\r\nHost: " + own + "\r\nOrigin: http://localhost:1\r\n"
                    + "Access-Control-Request-Method: PUT\r\n");
            requests.add(form(path, "attacker.example:" + port, "Action=SendMessage&MessageBody={}"));
            requests.add(
                    form(path, own + "\r\nOrigin: https://attacker.example", "Action=SendMessage&MessageBody={}"));
        }
        List<String> answers = new ArrayList<>();
        for (String request : requests) {
            answers.add(answer(port, request));
        }
        return answers;
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** As a form of a page is sent, without asking first. */
    private static String form(String path, String host, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: " + host
                + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " + body.length()
                + "\r\nConnection: close\r\n\r\n" + body;
    }

    /** All that comes back. */
    private static String answer(int port, String request) throws IOException {
        String whole = request.contains("\r\n\r\n") ? request : request + "Connection: close\r\n\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(whole.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }
}
