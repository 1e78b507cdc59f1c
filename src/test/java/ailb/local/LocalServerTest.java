package ailb.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.api.Api;
import ailb.aws.LocalDynamo;
import ailb.local.simulated.SimulatedProvider;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
@ResourceLock(LocalDynamo.LOCK)
class LocalServerTest {

    private static final String OUT_OF_SERVICE = "openai-primary";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    @TempDir private Path directory;

    @AfterEach
    void closeAll() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dynamodb", "memory"})
    void answersAChatThroughThePool(String state) throws Exception {
        Caller caller = caller(start(Map.of("STATE", state)));

        HttpResponse<String> response = caller.chat();

        assertThat(response.statusCode()).isEqualTo(200);
        String endpoint = response.headers().firstValue("x-lb-endpoint").orElseThrow();
        assertThat(endpoint).isIn("openai-primary", "openai-secondary", "anthropic");
        assertThat(response.body()).contains("This is " + endpoint).contains(Caller.PROMPT);
        JsonNode used = endpoint(caller, endpoint);
        assertThat(used.path("total_requests").intValue()).isEqualTo(1);
        assertThat(used.at("/tokens/input").intValue()).isEqualTo(7);
    }

    @Test
    void saysWhatItServesAndHow() throws Exception {
        LocalServer server = start(Map.of("CLIENT_KEY", "it's", "ADMIN_KEY", "a11"));

        assertThat(out.toString(UTF_8))
                .contains(server.uri().toString(), "simulated", "Ctrl-C")
                .containsPattern("openai-primary +openai +weight 2.0 +500 requests/min +serves chat")
                .containsPattern("openai-secondary +openai +weight 1.0 +500 requests/min +serves chat")
                .containsPattern("anthropic +anthropic +weight 0.5 +300 requests/min +serves chat")
                .contains("curl " + server.uri()
                        + "/v1/chat/completions -H 'Authorization: Bearer it'\\''s' -d '{\"model\":\"chat\",\"messages\":"
                        + "[{\"role\":\"user\",\"content\":\"Hello\"}]}'\n")
                .contains("curl " + server.uri()
                        + "/v1/batches -H 'Authorization: Bearer it'\\''s' -d '[{\"custom_id\":\"a-1\",\"method\":\"POST\","
                        + "\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"chat\",\"messages\":"
                        + "[{\"role\":\"user\",\"content\":\"Hello\"}]}}]'\n")
                .containsPattern("export BASE=" + server.uri()
                        + "/v1 AUTH='Authorization: Bearer it'\\\\''s' ADMIN='Authorization: Bearer a11' QUEUE=(http://127\\.0\\.0\\.1:\\d+/)(\\S+)"
                        + " DEAD=\\1\\2-dead-letters AWS_ENDPOINT_URL_SQS=\\1 AWS_DEFAULT_REGION=local AWS_ACCESS_KEY_ID=test ")
                .contains("curl " + server.uri() + "/v1/pool -H 'Authorization: Bearer a11'\n")
                .contains("curl -X PUT " + server.uri()
                        + "/simulate/openai-primary -d '{\"mode\":\"fail\",\"for_seconds\":60}'\n");
    }

    @Test
    void theAdminsKeyIsPrintedAndSeesWhatClientsDoNot() throws Exception {
        LocalServer server = start(Map.of());
        Matcher printed =
                Pattern.compile("/v1/pool -H 'Authorization: Bearer ([0-9a-f]{32})'").matcher(out.toString(UTF_8));
        assertThat(printed.find()).isTrue();
        Caller admin = new Caller(server.uri(), printed.group(1));
        opened.push(admin);
        Caller caller = caller(server);
        JsonNode batch = caller.post("/v1/batches", """
                {"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":%s}""".formatted(Caller.CHAT));
        String path = "/v1/batches/" + batch.path("id").textValue();

        assertThat(admin.get("/v1/pool").has("budget")).isTrue();
        assertThat(caller.get("/v1/pool").has("budget")).isFalse();
        assertThat(admin.get(path).path("id")).isEqualTo(batch.path("id"));
        assertThat(caller.get(path).path("id")).isEqualTo(batch.path("id"));
        JsonNode own = admin.post("/v1/batches", """
                {"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":%s}""".formatted(Caller.CHAT));
        assertThat(caller.send("GET", "/v1/batches/" + own.path("id").textValue(), "").statusCode()).isEqualTo(404);
    }

    @Test
    void everyStartHasAnotherAdminsKey() throws Exception {
        LocalSettings one = LocalSettings.of(Map.of(), new SecureRandom());
        LocalSettings other = LocalSettings.of(Map.of(), new SecureRandom());

        assertThat(one.adminKey()).hasSize(32).isNotEqualTo(other.adminKey());
    }

    @Test
    void aLineARequestWithNeitherPromptNorKey() throws Exception {
        LocalServer server = start(Map.of());
        out.reset();
        caller(server).chat();

        assertThat(out.toString(UTF_8))
                .containsPattern("\\d\\d:\\d\\d:\\d\\d  200  [a-z-]+ +\\d+ ms  POST /v1/chat/completions\n")
                .doesNotContain(Caller.PROMPT, "Bearer", "local");
    }

    @ParameterizedTest
    @CsvSource({"fail, server", "overloaded, overloaded", "garbage, transport"})
    void aProviderToldToFailIsOutAfterThreeFaultsAndNoCallIsLost(String mode, String reason) throws Exception {
        Caller caller = caller(start(Map.of()));
        assertThat(caller.put("/simulate/" + OUT_OF_SERVICE, "{\"mode\":\"" + mode + "\"}").statusCode())
                .isEqualTo(200);

        for (int i = 0; i < 30; i++) {
            assertThat(caller.chat().statusCode()).isEqualTo(200);
        }

        JsonNode failing = endpoint(caller, OUT_OF_SERVICE);
        assertThat(failing.path("healthy").booleanValue()).isFalse();
        assertThat(failing.path("consecutive_errors").intValue()).isEqualTo(3);
        assertThat(failing.at("/out/reason").textValue()).isEqualTo(reason);
        assertThat(caller.get("/simulate/" + OUT_OF_SERVICE).path("requests").intValue()).isEqualTo(3);
        assertThat(out.toString(UTF_8)).contains("openai-primary is out");
    }

    @Test
    void aProviderThatRefusesForItsLimitIsLeftAloneAndNoCallIsLost() throws Exception {
        Caller caller = caller(start(Map.of()));
        caller.put("/simulate/" + OUT_OF_SERVICE, "{\"mode\":\"rate_limited\"}");

        for (int i = 0; i < 10; i++) {
            assertThat(caller.chat().statusCode()).isEqualTo(200);
        }

        assertThat(caller.get("/simulate/" + OUT_OF_SERVICE).path("refused").intValue()).isLessThanOrEqualTo(1);
        assertThat(endpoint(caller, OUT_OF_SERVICE).path("healthy").booleanValue()).isTrue();
    }

    @Test
    void showsAllProvidersAndKnowsNoOthers() throws Exception {
        Caller caller = caller(start(Map.of()));

        assertThat(caller.get("/simulate").at("/providers/2/name").textValue()).isEqualTo("anthropic");
        HttpResponse<String> response = caller.put("/simulate/nobody", "{\"mode\":\"fail\"}");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("/simulate/openai-primary");
    }

    @Test
    void whenEveryEndpointIsAtItsLimitItSaysWhenToComeBack() throws Exception {
        SimulatedProvider provider = provider(2);
        Caller caller = caller(start(Map.of("POOL_FILE", poolFile(provider, 1, 2), "KEYS_FILE", keysFile(provider))));
        assertThat(caller.chat().statusCode()).isEqualTo(200);
        assertThat(caller.chat().statusCode()).isEqualTo(200);

        HttpResponse<String> response = caller.chat();

        assertThat(response.statusCode()).isEqualTo(429);
        // One request a minute, of which 97 % are used: the next one 61.9 s after the first.
        assertThat(response.headers().firstValueAsLong("retry-after").orElseThrow()).isBetween(40L, 62L);
        assertThat(provider.refused()).isZero();
    }

    @Test
    void aPoolOfOnesOwnIsCalledWithTheKeyThatIsPrinted() throws Exception {
        SimulatedProvider provider = provider(100);
        LocalServer server = start(
                Map.of("CLIENT_KEY", "", "POOL_FILE", poolFile(provider, 100, 1), "KEYS_FILE", keysFile(provider)));
        Matcher printed = Pattern.compile("/v1/chat/completions -H 'Authorization: Bearer ([0-9a-f]{32})'")
                .matcher(out.toString(UTF_8));
        assertThat(printed.find()).isTrue();
        Caller knowing = new Caller(server.uri(), printed.group(1));
        opened.push(knowing);

        assertThat(knowing.chat().statusCode()).isEqualTo(200);
        assertThat(caller(server).chat().statusCode()).isEqualTo(401);
    }

    @Test
    void aPoolWithoutKeysSaysWhereTheyGo() throws Exception {
        Caller caller = caller(start(Map.of("POOL_FILE", poolFile(provider(100), 100, 1))));

        HttpResponse<String> response = caller.chat();

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).contains("'sim-0'").doesNotContain("KEYS_FILE");
        assertThat(out.toString(UTF_8)).contains("'sim'", "KEYS_FILE=keys.json").doesNotContain("Secrets Manager");
    }

    @Test
    void aKeyPutWhileTheServerRunsIsUsed() throws Exception {
        SimulatedProvider provider = provider(100);
        String keys = keysFile(provider);
        Files.writeString(Path.of(keys), "{}");
        Caller caller = caller(start(Map.of("POOL_FILE", poolFile(provider, 100, 1), "KEYS_FILE", keys)));
        assertThat(caller.chat().statusCode()).isEqualTo(503);

        keysFile(provider);

        assertThat(caller.chat().statusCode()).isEqualTo(200);
    }

    @Test
    void rotatingAKeyLosesNoRequest() throws Exception {
        Path keys = Files.writeString(directory.resolve("keys.json"), "{\"anthropic\":\"key-of-anthropic\"}");
        LocalServer server = start(Map.of("KEYS_FILE", keys.toString()));
        Caller caller = caller(server);
        for (String other : List.of("openai-primary", "openai-secondary")) {
            caller.put("/simulate/" + other, "{\"mode\":\"unauthorized\"}");
        }
        assertThat(caller.chat().statusCode()).isEqualTo(200);
        for (int i = 0; i < 5; i++) {
            caller.put("/simulate/anthropic", "{\"key\":\"rotated-" + i + "\"}");
            Files.writeString(keys, "{\"anthropic\":\"rotated-" + i + "\"}");
            for (int call = 0; call < 3; call++) {
                assertThat(caller.chat().statusCode()).isEqualTo(200);
            }
        }
        assertThat(endpoint(caller, "anthropic").path("total_failures").intValue()).isZero();
    }

    @Test
    void aBodyThatIsTooLargeIsALineAndHasAnId() throws Exception {
        Caller caller = caller(start(Map.of()));

        HttpResponse<String> response = caller.put("/v1/batches", "x".repeat(Api.MAX_BODY + 1));

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.headers().firstValue("x-request-id").orElse("")).startsWith("req_");
        assertThat(out.toString(UTF_8)).containsPattern("413 .* PUT /v1/batches");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "POOL_FILE | nothing.json | there is no file",
        "KEYS_FILE | nothing.json | there is no file",
        "POOL_FILE | .            | cannot be read",
        "KEYS_FILE | .            | cannot be read",
        "POOL_FILE | text.json    | text.json: line 1, column 1: not JSON",
        "KEYS_FILE | text.json    | text.json is not a JSON object",
        "POOL_FILE | empty.json   | empty.json: endpoints",
        "KEYS_FILE | number.json  | the value of 'x'",
        "POOL_FILE | large.json   | is larger than 1000000 bytes",
        "KEYS_FILE | large.json   | is larger than 1000000 bytes"})
    void aBadFileIsRefusedInOneLineThatNamesIt(String setting, String file, String message) throws Exception {
        Files.writeString(directory.resolve("text.json"), "no JSON");
        Files.writeString(directory.resolve("empty.json"), "{}");
        Files.writeString(directory.resolve("number.json"), "{\"x\":1}");
        Files.writeString(directory.resolve("large.json"), " ".repeat(1_000_001));

        assertThatThrownBy(() -> start(Map.of(setting, directory.resolve(file).normalize().toString())))
                .isInstanceOf(BadSettingException.class)
                .hasMessageStartingWith(setting)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void aTakenPortIsRefusedWithTheWayOut() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            assertThatThrownBy(() -> start(Map.of("PORT", port)))
                    .isInstanceOf(BadSettingException.class)
                    .hasMessageStartingWith("PORT " + port + " of 127.0.0.1 cannot be used")
                    .hasMessageContaining("PORT=8081 ./mvnw -Plocal");
        }
    }

    private LocalServer start(Map<String, String> environment) throws BadSettingException {
        Map<String, String> all = new HashMap<>(Map.of("PORT", "0", "STATE", "memory", "CLIENT_KEY", "local"));
        all.putAll(environment);
        LocalServer server = LocalServer.start(LocalSettings.of(all, new Random(1)), new PrintStream(out, true, UTF_8));
        opened.push(server);
        server.simulated()
                .ifPresent(pool -> pool.providers()
                        .forEach(provider -> provider.setLatency(Duration.ZERO, Duration.ZERO)));
        return server;
    }

    private Caller caller(LocalServer server) {
        Caller caller = new Caller(server.uri());
        opened.push(caller);
        return caller;
    }

    private SimulatedProvider provider(long requestsPerMinute) throws IOException {
        SimulatedProvider provider =
                SimulatedProvider.openAi("sim", requestsPerMinute, 100_000, InstantSource.system(), new Random(1));
        opened.push(provider);
        provider.setLatency(Duration.ZERO, Duration.ZERO);
        return provider;
    }

    /** A pool of endpoints that all lead to one provider. */
    private String poolFile(SimulatedProvider provider, int requestsPerMinute, int endpoints) throws IOException {
        StringBuilder json = new StringBuilder();
        for (int i = 0; i < endpoints; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("""
                    {"name":"sim-%d","provider":"openai","base_url":"%s","model_id":"%s","models":["chat"],\
                    "api_key":"sim","requests_per_minute":%d}""".formatted(
                            i, provider.baseUrl(), provider.model(), requestsPerMinute));
        }
        return Files.writeString(directory.resolve("pool.json"), "{\"endpoints\":[" + json + "]}").toString();
    }

    private String keysFile(SimulatedProvider provider) throws IOException {
        return Files.writeString(directory.resolve("keys.json"), "{\"sim\":\"" + provider.key() + "\"}").toString();
    }

    private static JsonNode endpoint(Caller caller, String name) throws IOException, InterruptedException {
        for (JsonNode endpoint : caller.get("/v1/pool").path("endpoints")) {
            if (endpoint.path("name").textValue().equals(name)) {
                return endpoint;
            }
        }
        throw new AssertionError("no endpoint " + name);
    }
}
