package ailb.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The server as a process of its own: how it starts and, above all, how it ends. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LocalServerProcessTest {

    private static final int SIGTERM_EXIT = 143;

    private final List<ProcessHandle> started = new ArrayList<>();

    @AfterEach
    void endAll() {
        started.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aSignalEndsItWhenTheAnswersInFlightAreOut() throws Exception {
        Process server = start(LocalProcess.java(), Map.of("STATE", "dynamodb"));
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
        command.addAll(LocalProcess.java());
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
        Process server = start(LocalProcess.java(), Map.of("PORT", "http"));

        assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isEqualTo(1);
        assertThat(text(server.getErrorStream()))
                .isEqualTo("PORT must be a number from 0 to 65535, not \"http\"."
                        + " Set it as in: PORT=8081 ./mvnw -Plocal" + System.lineSeparator());
        assertThat(text(server.getInputStream())).isEmpty();
    }

    private Process start(List<String> command, Map<String, String> environment) throws IOException {
        Process process = LocalProcess.start(command, environment);
        started.add(process.toHandle());
        return process;
    }

    /** Reads what the server says until it is up. */
    private static URI address(BufferedReader out) throws IOException {
        return LocalProcess.address(LocalProcess.welcome(out));
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
