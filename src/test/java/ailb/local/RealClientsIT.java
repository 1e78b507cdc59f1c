package ailb.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The clients that callers use, in Node, against the balancer with simulated providers: {@code src/test/clients}. Skipped
 * without Node, but in CI (environment {@code CI=true}) it is a failure not to have it.
 */
@Order(1) // it waits most of its time, while others compute
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RealClientsIT {

    private static final Path SOURCE = Path.of("src", "test", "clients");
    private static final Path WORKPLACE = Path.of("target", "clients");

    private static final int OLDEST_NODE = 20;
    private static final String WANTED = "the clients' tests need Node.js " + OLDEST_NODE
            + " or newer, with its npm, on the PATH: install it, for example from https://nodejs.org";

    /** What would lead a client to somewhere else, or make it talk to somebody more. */
    private static final Pattern OF_CLIENTS =
            Pattern.compile("(OPENAI|ANTHROPIC|AI|LANGCHAIN|LANGSMITH|NODE|DEPLOYED)_.*");

    @TempDir private Path directory;

    @Test
    void theClientsWorkAsIfTheyTalkedToTheProviders() throws Exception {
        boolean isThere = nodeVersion() >= OLDEST_NODE;
        assertThat(isThere || !"true".equals(System.getenv("CI"))).as(WANTED).isTrue();
        if (!isThere) {
            System.out.println("SKIPPED: the clients in Node are not tried: " + WANTED);
        }
        assumeTrue(isThere, WANTED);
        copySource();
        run(Map.of(), npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline");

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
            Map<String, String> addresses = Map.of(
                    "BALANCER_URL", server.uri().toString(),
                    "TROUBLED_URL", troubled.uri().toString(),
                    "SIMULATE_GPT_LIMITED_URL", troubledPool.simulate("gpt-limited"),
                    "SIMULATE_CLAUDE_LIMITED_URL", troubledPool.simulate("claude-limited"));
            run(addresses, "node", "--test", "--test-concurrency=1", "--test-reporter=spec");
        }
    }

    /** 0 where there is none. */
    private static int nodeVersion() throws InterruptedException {
        try {
            Process node = new ProcessBuilder("node", "--version").redirectErrorStream(true).start();
            Matcher version =
                    Pattern.compile("v(\\d+)\\..*").matcher(new String(node.getInputStream().readAllBytes(), UTF_8));
            node.waitFor();
            return version.lookingAt() ? Integer.parseInt(version.group(1)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static String npm() {
        return System.getProperty("os.name").startsWith("Windows") ? "npm.cmd" : "npm";
    }

    /** The files are copied, so that nothing is installed among the sources; those of before go, but for node_modules. */
    private static void copySource() throws IOException {
        Files.createDirectories(WORKPLACE);
        for (Path old : files(WORKPLACE)) {
            Files.delete(old);
        }
        for (Path file : files(SOURCE)) {
            Files.copy(file, WORKPLACE.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    /** What the command says goes to the build's log; one that fails fails the test. */
    private static void run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(WORKPLACE.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> OF_CLIENTS.matcher(name).matches());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (BufferedReader out = process.inputReader(UTF_8)) {
            out.lines().forEach(System.out::println);
            assertThat(process.waitFor()).as("exit code of " + Arrays.toString(command)).isZero();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
