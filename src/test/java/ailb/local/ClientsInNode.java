package ailb.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The clients that callers use, in Node: the tests of {@code src/test/clients}, installed once for all who run some. */
final class ClientsInNode {

    private static final Path SOURCE = Path.of("src", "test", "clients");
    private static final Path WORKPLACE = Path.of("target", "clients");

    private static final int OLDEST_NODE = 20;
    private static final String WANTED = "the clients' tests need Node.js " + OLDEST_NODE
            + " or newer, with its npm, on the PATH: install it, for example from https://nodejs.org";

    /** Of an npm that this build runs in, or for the tests. */
    private static final Pattern NOT_FOR_NPM = Pattern.compile("(NODE|DEPLOYED)_.*");

    private static boolean isInstalled;

    private ClientsInNode() {}

    /** Skips the test without Node, but in CI (environment {@code CI=true}) it is a failure not to have it. */
    static synchronized ClientsInNode install() throws IOException, InterruptedException {
        boolean isThere = nodeVersion() >= OLDEST_NODE;
        assertThat(isThere || !"true".equals(System.getenv("CI"))).as(WANTED).isTrue();
        if (!isThere) {
            System.out.println("SKIPPED: the clients in Node are not tried: " + WANTED);
        }
        assumeTrue(isThere, WANTED);
        if (!isInstalled) {
            copySource();
            ProcessBuilder npm =
                    new ProcessBuilder(npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline");
            npm.environment().keySet().removeIf(name -> NOT_FOR_NPM.matcher(name).matches());
            run(npm);
            isInstalled = true;
        }
        return new ClientsInNode();
    }

    /**
     * Runs tests, which know nothing of this machine.
     *
     * @param environment all that they find in theirs, but for where programs and their own files are
     * @param arguments files; none for all
     */
    void test(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("node", "--test", "--test-concurrency=1", "--test-reporter=spec"));
        command.addAll(List.of(arguments));
        ProcessBuilder node = new ProcessBuilder(command);
        node.environment().keySet().retainAll(List.of("PATH", "SystemRoot"));
        node.environment().put("HOME", WORKPLACE.toAbsolutePath().toString());
        node.environment().putAll(environment);
        run(node);
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
    private static void run(ProcessBuilder command) throws IOException, InterruptedException {
        Process process = command.directory(WORKPLACE.toFile()).redirectErrorStream(true).start();
        try (BufferedReader out = process.inputReader(UTF_8)) {
            out.lines().forEach(System.out::println);
            assertThat(process.waitFor()).as("exit code of " + command.command()).isZero();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
