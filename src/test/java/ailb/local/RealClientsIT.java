package ailb.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The clients that callers use, in Node, against the balancer with simulated providers: {@code src/test/clients}. */
@Order(1) // it waits most of its time, while others compute
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RealClientsIT {

    @TempDir private Path directory;

    @Test
    void theClientsWorkAsIfTheyTalkedToTheProviders() throws Exception {
        ClientsInNode clients = ClientsInNode.install();
        PrintStream unread = new PrintStream(new ByteArrayOutputStream(), true, UTF_8);
        try (LocalServer server =
                LocalServer.start(LocalSettings.of(Map.of("PORT", "0", "STATE", "memory"), new Random(1)), unread);
                TroubledPool troubledPool = new TroubledPool(directory);
                LocalServer troubled =
                        LocalServer.start(LocalSettings.of(troubledPool.environment(), new Random(1)), unread)) {
            server.simulated()
                    .orElseThrow()
                    .providers()
                    .forEach(provider -> provider.setLatency(Duration.ZERO, Duration.ZERO));
            clients.test(
                    Map.of(
                            "BALANCER_URL", server.uri().toString(),
                            "TROUBLED_URL", troubled.uri().toString(),
                            "SIMULATE_GPT_LIMITED_URL", troubledPool.simulate("gpt-limited"),
                            "SIMULATE_CLAUDE_LIMITED_URL", troubledPool.simulate("claude-limited")));
        }
    }
}
