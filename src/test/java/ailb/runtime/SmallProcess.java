package ailb.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A program of the tests in a process of its own, with 256 MB for its heap, which ends it when it is full. */
public final class SmallProcess {

    private SmallProcess() {}

    /** Runs it to its end, which must be well: the last line it prints is this one, and its exit code is 0. */
    public static void runToItsEnd(Class<?> program, String lastLine) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError", "-classpath", System.getProperty("java.class.path"),
                program.getName()).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);

            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(output).endsWith(lastLine + System.lineSeparator());
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
