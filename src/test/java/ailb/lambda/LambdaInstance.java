package ailb.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import ailb.gateway.FunctionAnswer;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/**
 * One instance of the function, as Lambda starts it: the runtime interface client in a process of its own, in the folder
 * the artifact was unpacked to, with nothing else of this project on the class path.
 */
public final class LambdaInstance {

    /** A generous bound for what takes a second at most, on a machine that may be busy. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * What the gateway would send to the caller.
     *
     * @param body the first JSON of the text
     */
    record Reply(int status, Map<String, String> headers, String text, JsonNode body, long nanoTime) {}

    /** The ids of the messages that stay on the queue. */
    record QueueReply(List<String> failures, long nanoTime) {}

    /** Where each start of the runtime client writes its native part, whoever may have it in memory. */
    private static final Path NATIVE_PART = Path.of("/tmp/.libaws-lambda-jni.so");

    /** Between head and body of an answer that can be streamed; other answers are JSON with the body in it. */

    private final FakeRuntimeApi runtime = new FakeRuntimeApi();
    private final Queue<String> output = new ConcurrentLinkedQueue<>();
    private final long started;
    private final Process process;
    private final Thread reader;

    /**
     * Starts a process, and returns when its runtime client is loaded: one after the other, each with a file of its own.
     *
     * @param environment of the function, over what Lambda itself sets
     */
    public LambdaInstance(Path taskRoot, String handler, Map<String, String> environment, String... jvmOptions)
            throws Exception {
        List<String> command = new ArrayList<>(List.of(tool("java"), "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of(jvmOptions));
        command.addAll(List.of("-cp", runtimeClassPath(), AWSLambda.class.getName(), handler));
        ProcessBuilder builder = new ProcessBuilder(command).directory(taskRoot.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "AWS_LAMBDA_RUNTIME_API", runtime.authority(),
                        "AWS_LAMBDA_FUNCTION_NAME", "ai-load-balancer",
                        "AWS_LAMBDA_FUNCTION_VERSION", "1",
                        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024",
                        "AWS_REGION", "us-east-1",
                        "AWS_ACCESS_KEY_ID", "test",
                        "AWS_SECRET_ACCESS_KEY", "test",
                        "LAMBDA_TASK_ROOT", taskRoot.toString()));
        builder.environment().putAll(environment);
        synchronized (NATIVE_PART) {
            Files.deleteIfExists(NATIVE_PART);
            started = System.nanoTime();
            process = builder.start();
            reader = Thread.ofVirtual().start(this::read);
            await(runtime.asked());
        }
    }

    Reply invoke(String event) throws Exception {
        return invoke(event, Duration.ofSeconds(28));
    }

    /** @param timeLeft until the function would be killed */
    Reply invoke(String event, Duration timeLeft) throws Exception {
        FakeRuntimeApi.Answer answer = answer(event, timeLeft);
        FunctionAnswer prelude = FunctionAnswer.read(answer.json().getBytes(UTF_8));
        String text = prelude.text();
        return new Reply(
                prelude.status(), prelude.headers(), text, new JsonMapper().readTree(text), answer.nanoTime());
    }

    /** To an event of a queue. */
    QueueReply work(String event) throws Exception {
        FakeRuntimeApi.Answer answer = answer(event, Duration.ofMinutes(5));
        JsonNode failures = new JsonMapper().readTree(answer.json()).required("batchItemFailures");
        return new QueueReply(failures.findValuesAsText("itemIdentifier"), answer.nanoTime());
    }

    /** To any event: what the runtime client posts. */
    public String text(String event) throws Exception {
        return answer(event, Duration.ofSeconds(28)).json();
    }

    private FakeRuntimeApi.Answer answer(String event, Duration timeLeft) throws Exception {
        return await(runtime.invoke(event, System.currentTimeMillis() + timeLeft.toMillis()));
    }

    /** From the start of the process to a reply at this moment. */
    Duration sinceStart(long nanoTime) {
        return Duration.ofNanos(nanoTime - started);
    }

    /** What it has computed so far, which a busy machine does not stretch as it does {@link #sinceStart}. */
    Duration cpuTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    void awaitCheckpoint() throws Exception {
        await(runtime.checkpoint());
    }

    void restore() {
        runtime.restore();
    }

    String awaitInitError() throws Exception {
        return await(runtime.initError());
    }

    /** Names of the process's platform threads. */
    String threads() throws IOException {
        Process jcmd = new ProcessBuilder(tool("jcmd"), Long.toString(process.pid()), "Thread.print")
                .redirectErrorStream(true)
                .start();
        try (BufferedReader lines = jcmd.inputReader()) {
            return lines.lines().filter(line -> line.startsWith("\"")).collect(Collectors.joining("\n"));
        }
    }

    /** What it has printed so far: its log. */
    String output() {
        return String.join("\n", output);
    }

    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        reader.join(PATIENCE);
        runtime.close();
    }

    private <T> T await(Future<T> future) throws Exception {
        return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            lines.lines().forEach(output::add);
        } catch (UncheckedIOException | IOException e) {
            output.add("[output ended: " + e.getMessage() + "]");
        }
        runtime.fail("the process ended, its output:\n" + output());
    }

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    /** The jars that Lambda's own image brings. */
    private static String runtimeClassPath() {
        return Stream.of(AWSLambda.class, PojoSerializer.class, Context.class, SdkInternalThreadLocal.class)
                .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
