package ailb.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The artifact's script in a process of its own: what AWS_LAMBDA_EXEC_WRAPPER names, started as Lambda starts it. */
public final class RuntimeProcess {

    /** As Lambda's own runtime is started, with flags that no JVM would start with. */
    private static final String[] COMMAND_LINE_OF_LAMBDA = {
        "/var/lang/bin/java", "-XX:NoSuchFlag=1", "-Xmx1", "-classpath", "/var/runtime/lib/nothing.jar",
        "no.such.Runtime"
    };

    private static final String WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER";

    private final Process process;
    private final List<String> output = new ArrayList<>();
    private final Thread reader;

    /** @param environment over what Lambda itself sets */
    public RuntimeProcess(Path taskRoot, String handler, Map<String, String> environment) throws IOException {
        Map<String, String> variables = environmentOfLambda(taskRoot, handler);
        variables.putAll(environment);
        // The task root of Lambda is a folder of this machine's here.
        variables.computeIfPresent(WRAPPER, (_, script) -> script.replaceFirst("^/var/task", taskRoot.toString()));
        ProcessBuilder builder = new ProcessBuilder(variables.get(WRAPPER));
        builder.command().addAll(List.of(COMMAND_LINE_OF_LAMBDA));
        builder.directory(taskRoot.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(variables);
        process = builder.start();
        reader = Thread.ofVirtual().start(this::read);
    }

    private static Map<String, String> environmentOfLambda(Path taskRoot, String handler) {
        Map<String, String> variables = new HashMap<>();
        variables.put("_HANDLER", handler);
        variables.put("LAMBDA_TASK_ROOT", taskRoot.toString());
        variables.put("LAMBDA_RUNTIME_DIR", "/var/runtime");
        variables.put(WRAPPER, taskRoot.resolve("run").toString());
        variables.put("AWS_LAMBDA_FUNCTION_NAME", "ai-load-balancer");
        variables.put("AWS_LAMBDA_FUNCTION_VERSION", "7");
        variables.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512");
        variables.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
        variables.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/f");
        variables.put("AWS_LAMBDA_LOG_STREAM_NAME", "stream-1");
        variables.put("AWS_EXECUTION_ENV", "AWS_Lambda_java25");
        variables.put("AWS_REGION", "us-east-1");
        variables.put("LANG", "en_US.UTF-8");
        variables.put("TZ", ":UTC");
        variables.put("PATH", "/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin");
        // Lambda has its JDK in /var/lang; the script looks here where there is none.
        variables.put("JAVA_HOME", System.getProperty("java.home"));
        return variables;
    }

    /** Waits for the end. */
    public int exitCode() throws InterruptedException {
        if (!process.waitFor(FakeApi.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the process goes on; its output:\n" + output());
        }
        reader.join();
        return process.exitValue();
    }

    /** What it has printed so far. */
    public String output() {
        synchronized (output) {
            return String.join("\n", output);
        }
    }

    /** Waits for a line with these words. */
    public void awaitOutput(String... words) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(FakeApi.PATIENCE_SECONDS);
        synchronized (output) {
            while (output.stream().noneMatch(line -> Stream.of(words).allMatch(line::contains))) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError("no line with " + List.of(words) + " in:\n" + output());
                }
                output.wait(left);
            }
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            lines.lines().forEach(this::add);
        } catch (UncheckedIOException | IOException e) {
            add("[output ended: " + e.getMessage() + "]");
        }
    }

    private void add(String line) {
        synchronized (output) {
            output.add(line);
            output.notifyAll();
        }
    }

    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(FakeApi.PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
