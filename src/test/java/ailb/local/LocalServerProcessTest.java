package ailb.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The server as a process of its own: how it starts and, above all, how it ends. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LocalServerProcessTest {

    private static final Pattern ADDRESS = Pattern.compile("AI load balancer at (http://127\\.0\\.0\\.1:\\d+)");
    private static final int SIGTERM_EXIT = 143;

    private final List<ProcessHandle> started = new ArrayList<>();

    @AfterEach
    void endAll() {
        started.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aSignalEndsItWhenTheAnswersInFlightAreOut() throws Exception {
        Process server = start(java(), Map.of("STATE", "dynamodb"));
        BufferedReader out = server.inputReader(UTF_8);
        try (Caller caller = new Caller(address(out))) {
            for (String provider : List.of("openai-primary", "openai-secondary", "anthropic")) {
                caller.put("/simulate/" + provider, "{\"latency_ms\":1000}");
            }
            CompletableFuture<HttpResponse<String>> call = chat(caller);
            awaitArrival(caller);

            // Not by the process itself, which would close the pipes too.
            server.toHandle().destroy();

            assertThat(call.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
        assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isEqualTo(SIGTERM_EXIT);
        assertThat(out.lines().filter(line -> !line.contains("chat/completions"))).isEmpty();
        assertThat(text(server.getErrorStream())).isEmpty();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void itEndsWithTheProcessThatStartedIt() throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "\"$@\" & wait", "sh"));
        command.addAll(java());
        Process parent = start(command, Map.of("STATE", "memory"));
        BufferedReader out = parent.inputReader(UTF_8);
        address(out);
        List<ProcessHandle> children = parent.descendants().toList();
        assertThat(children).hasSize(1);
        started.addAll(children);

        parent.toHandle().destroyForcibly();

        // The server has the pipe too: it is at its end when both are.
        assertThat(CompletableFuture.supplyAsync(() -> out.lines().toList(), Thread::startVirtualThread)
                .get(10, TimeUnit.SECONDS))
                .allMatch(line -> !line.contains("Exception"));
    }

    @Test
    void aBadSettingIsOneLineAndExitCodeOne() throws Exception {
        Process server = start(java(), Map.of("PORT", "http"));

        assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isEqualTo(1);
        assertThat(text(server.getErrorStream()))
                .isEqualTo("PORT must be a number from 0 to 65535, not \"http\"."
                        + " Set it as in: PORT=8081 ./mvnw -Plocal" + System.lineSeparator());
        assertThat(text(server.getInputStream())).isEmpty();
    }

    private static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-classpath",
                System.getProperty("java.class.path"),
                LocalServer.class.getName());
    }

    private Process start(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeAll(List.of("POOL_FILE", "KEYS_FILE", "CLIENT_KEY", "JAVA_TOOL_OPTIONS"));
        builder.environment().put("PORT", "0");
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process.toHandle());
        return process;
    }

    /** Reads what the server says until it is up. */
    private static URI address(BufferedReader out) throws IOException {
        URI address = URI.create("");
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher matcher = ADDRESS.matcher(line);
            if (matcher.find()) {
                address = URI.create(matcher.group(1));
            }
            if (line.endsWith("Requests:")) {
                return address;
            }
        }
        throw new AssertionError("the server did not come up");
    }

    private static CompletableFuture<HttpResponse<String>> chat(Caller caller) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return caller.chat();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }, Thread::startVirtualThread);
    }

    /** Returns when a provider has a request, which it answers a second later. */
    private static void awaitArrival(Caller caller) throws IOException, InterruptedException {
        while (caller.get("/simulate").findValues("requests").stream().allMatch(node -> node.asInt() % 100 == 0)) {
            Thread.onSpinWait();
        }
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), UTF_8);
    }
}
