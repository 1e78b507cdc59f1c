package ailb.runtime;

import static ailb.runtime.FakeApi.ACCEPT;
import static ailb.runtime.FakeApi.RESET_AFTER_A_CHUNK;
import static ailb.runtime.FakeApi.answering;
import static ailb.runtime.FakeApi.refusingAfterAChunk;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.lambda.LambdaInstance;
import ailb.lambda.TaskRoot;
import ailb.runtime.FakeApi.Conduct;
import ailb.runtime.FakeApi.Invoked;
import ailb.runtime.FakeApi.Message;
import ailb.runtime.handlers.HookedHandler;
import ailb.runtime.handlers.PojoHandler;
import ailb.runtime.handlers.ScriptedHandler;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The runtime in a process of its own, started by the artifact's script as Lambda would, against a fake Runtime API. The
 * handlers of these tests lie in the task root beside what the artifact holds.
 */
@Timeout(180)
class StreamingRuntimeIT {

    private static final String SCRIPTED = ScriptedHandler.class.getName() + "::handleRequest";
    private static final String HOOKED = HookedHandler.class.getName();
    private static final Map<String, String> SNAP_START = Map.of("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");

    private static TaskRoot taskRoot;

    private final FakeApi api = new FakeApi();
    private final List<RuntimeProcess> processes = new ArrayList<>();

    @RegisterExtension final TestExecutionExceptionHandler showOutput = (_, failure) -> {
        processes.forEach(process -> failure.addSuppressed(new AssertionError("its output:\n" + process.output())));
        throw failure;
    };

    StreamingRuntimeIT() throws IOException {}

    @BeforeAll
    static void unpack() throws IOException {
        taskRoot = new TaskRoot();
        Path classes = Path.of("target", "test-classes");
        try (Stream<Path> handlers = Files.list(classes.resolve("ailb/runtime/handlers"))) {
            for (Path handler : handlers.toList()) {
                Path copy = taskRoot.folder().resolve(classes.relativize(handler));
                Files.createDirectories(copy.getParent());
                Files.copy(handler, copy);
            }
        }
    }

    @AfterAll
    static void remove() throws IOException {
        taskRoot.close();
    }

    @AfterEach
    void end() throws Exception {
        for (RuntimeProcess process : processes) {
            process.kill();
        }
        api.close();
    }

    private RuntimeProcess start(String handler) throws IOException {
        return start(handler, Map.of());
    }

    private RuntimeProcess start(String handler, Map<String, String> environment) throws IOException {
        Map<String, String> variables = new HashMap<>(environment);
        variables.putIfAbsent("AWS_LAMBDA_RUNTIME_API", api.authority());
        RuntimeProcess process = new RuntimeProcess(taskRoot.folder(), handler, variables);
        processes.add(process);
        return process;
    }

    private static String script(String... lines) {
        return String.join("\n", lines);
    }

    @Test
    void theFirstChunkArrivesBeforeTheHandlerMayWriteItsSecond() throws Exception {
        start(SCRIPTED);
        try (SideChannel second = new SideChannel()) {
            Invoked invoked = api.invoke(script("write first", "wait " + second.port(), "write second"));

            assertThat(invoked.chunk()).isEqualTo("first");
            second.release();
            assertThat(invoked.chunk()).isEqualTo("second");
            assertThat(invoked.trailers()).isEmpty();
            assertThat(invoked.head()).containsEntry("Lambda-Runtime-Function-Response-Mode", "streaming");
        }
    }

    @Test
    void anErrorInTheMiddleComesInTrailersAndOneBeforeTheFirstByteAsAnError() throws Exception {
        start(SCRIPTED);
        Invoked middle = api.invoke(script("write half", "fail the provider is gone"));
        Map<String, String> trailers = middle.trailers();
        byte[] body = Base64.getDecoder().decode(trailers.get("Lambda-Runtime-Function-Error-Body"));

        assertThat(middle.rest()).isEqualTo("half");
        assertThat(trailers)
                .containsEntry("Lambda-Runtime-Function-Error-Type", "java.lang.IllegalStateException");
        assertThat(new JsonMapper().readTree(body).path("errorMessage").asText())
                .isEqualTo("the provider is gone");

        Invoked early = api.invoke("fail at once");
        assertThat(new JsonMapper().readTree(early.error().body()).path("errorMessage").asText())
                .isEqualTo("at once");
        assertThat(early.hasResponse()).isFalse();

        Invoked empty = api.invoke("");
        assertThat(empty.error().body()).contains("without writing a response");
        assertThat(empty.hasResponse()).isFalse();

        assertThat(api.invoke("write on").rest()).isEqualTo("on");
        assertThat(api.calls()).startsWith(
                "GET invocation/next", "POST invocation/response",
                "GET invocation/next", "POST invocation/error",
                "GET invocation/next", "POST invocation/error",
                "GET invocation/next", "POST invocation/response");
    }

    static List<Arguments> refusals() {
        return List.of(
                Arguments.of("400", refusingAfterAChunk(400)),
                Arguments.of("413", refusingAfterAChunk(413)),
                Arguments.of("java.io.IOException", RESET_AFTER_A_CHUNK));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aRefusalReachesTheHandlerAsItWritesAndTheNextIsServed(String seen, Conduct conduct) throws Exception {
        start(SCRIPTED);
        try (SideChannel channel = new SideChannel()) {
            api.invoke("write-until-refused " + channel.port(), conduct);

            assertThat(channel.line()).contains("java.io.IOException", seen);
        }
        assertThat(api.invoke("write on").rest()).isEqualTo("on");
        assertThat(api.calls()).doesNotContain("POST invocation/error");
    }

    @ParameterizedTest
    @CsvSource({"400", "413"})
    void aRefusalAtTheEndIsLoggedAndTheNextIsServed(int status) throws Exception {
        RuntimeProcess process = start(SCRIPTED);
        api.invoke("write all", answering(status));

        assertThat(api.invoke("write on").rest()).isEqualTo("on");
        process.awaitOutput("\"level\":\"WARN\"", Integer.toString(status));
    }

    /**
     * 100 MB through a heap of 64: what the reader does not take, the handler must wait for. The reader waits until the
     * handler has come to a stop; were what it writes kept, the heap would be full before.
     */
    @Test
    void aSlowReaderHoldsTheHandlerUpWhileTheHeapStaysSmall() throws Exception {
        int megabytes = 100;
        CountDownLatch goOn = new CountDownLatch(1);
        long[] taken = {0};
        start(SCRIPTED, Map.of("JAVA_TOOL_OPTIONS", "-Xmx64m"));
        try (SideChannel channel = new SideChannel()) {
            Invoked invoked = api.invoke("fill " + megabytes + " " + channel.port(), response -> {
                taken[0] = response.take().length();
                goOn.await();
                for (byte[] chunk = response.takeBytes(); chunk != null; chunk = response.takeBytes()) {
                    taken[0] += chunk.length;
                }
                response.answer(202, "{}");
            });
            BlockingQueue<String> written = channel.lines();
            int before = 0;
            while (written.poll(1, TimeUnit.SECONDS) != null) {
                before++;
            }

            assertThat(before).isLessThan(megabytes);
            goOn.countDown();
            assertThat(invoked.trailers()).isEmpty();
            assertThat(taken[0]).isEqualTo(megabytes * 1024L * 1024);
        }
        assertThat(Integer.parseInt(api.invoke("heap").rest())).isLessThanOrEqualTo(64);
    }

    @Test
    void underSnapStartTheHooksRunAroundTheSnapshot() throws Exception {
        start(HOOKED, SNAP_START);
        api.awaitCheckpoint();
        Invoked invoked = api.invoke("{}");

        assertThat(api.calls()).containsExactly("GET restore/next");
        api.restore();
        assertThat(invoked.rest()).isEqualTo("constructor, before 2, before 1, after 1, after 2");
        assertThat(api.calls()).startsWith(
                "GET restore/next", "GET invocation/next", "POST invocation/response");
    }

    @Test
    void withoutSnapStartNoHookRuns() throws Exception {
        start(HOOKED);

        assertThat(api.invoke("{}").rest()).isEqualTo("constructor");
        assertThat(api.calls()).startsWith("GET invocation/next", "POST invocation/response");
    }

    @ParameterizedTest
    @CsvSource({
        "constructor, Runtime.BadFunctionCode,       POST init/error",
        "before 1,    Runtime.BeforeCheckpointError, POST init/error",
        "after 2,     Runtime.AfterRestoreError,     GET restore/next; POST restore/error"
    })
    void aFailureAroundTheSnapshotIsReportedAndEndsTheProcess(String where, String category, String calls)
            throws Exception {
        Map<String, String> variables = new HashMap<>(SNAP_START);
        variables.put("FAIL", where);
        RuntimeProcess process = start(HOOKED, variables);
        api.restore();
        Message error = calls.contains("restore") ? api.restoreError() : api.initError();

        assertThat(error.headers()).containsEntry("Lambda-Runtime-Function-Error-Type", category);
        assertThat(new JsonMapper().readTree(error.body()).path("errorMessage").asText())
                .contains("failed: " + where);
        assertThat(process.exitCode()).isEqualTo(1);
        assertThat(String.join("; ", api.calls())).isEqualTo(calls);
        assertThat(process.output()).contains("failed: " + where);
    }

    @Test
    void aRestoreThatTheApiDoesNotConfirmEndsTheProcess() throws Exception {
        api.breakDown();
        RuntimeProcess process = start(HOOKED, SNAP_START);
        api.restore();

        assertThat(process.exitCode()).isEqualTo(1);
        assertThat(process.output()).contains("restore/next answered 500");
        assertThat(api.calls()).containsExactly("GET restore/next");
    }

    static List<Arguments> badHandlers() {
        return List.of(
                Arguments.of("no.such.Handler::handleRequest", "no.such.Handler, which is not in its package"),
                Arguments.of(PojoHandler.class.getName(), "must implement"),
                Arguments.of(ScriptedHandler.class.getName() + "::other", "must have the form"),
                Arguments.of("", "must have the form"));
    }

    @ParameterizedTest
    @MethodSource("badHandlers")
    void aHandlerThatCannotBeRunIsReportedAndEndsTheProcess(String handler, String message) throws Exception {
        RuntimeProcess process = start(handler);

        assertThat(api.initError().body()).contains(message);
        assertThat(process.exitCode()).isEqualTo(1);
        assertThat(api.calls()).containsExactly("POST init/error");
    }

    @Test
    void aConcurrencyThatIsNoNumberIsReportedAndEndsTheProcess() throws Exception {
        RuntimeProcess process = start(SCRIPTED, Map.of("AWS_LAMBDA_MAX_CONCURRENCY", "many"));

        assertThat(api.initError().body()).contains("AWS_LAMBDA_MAX_CONCURRENCY");
        assertThat(process.exitCode()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1", "3"})
    void aRuntimeApiThatIsOutOfOrderEndsTheProcess(String concurrency) throws Exception {
        RuntimeProcess process = start(SCRIPTED, Map.of("AWS_LAMBDA_MAX_CONCURRENCY", concurrency));
        assertThat(api.invoke("write on").rest()).isEqualTo("on");
        api.breakDown();

        assertThat(process.exitCode()).isEqualTo(1);
        assertThat(process.output()).contains("500");
    }

    @Test
    void outsideOfLambdaItSaysWhereItBelongs() throws Exception {
        RuntimeProcess process = start(SCRIPTED, Map.of("AWS_LAMBDA_RUNTIME_API", ""));

        assertThat(process.exitCode()).isEqualTo(1);
        assertThat(process.output()).contains("AWS_LAMBDA_RUNTIME_API", "runs in a Lambda function only");
    }

    /** The JVM itself ends then: nobody could tell what works on. */
    @Test
    void aHeapThatIsFullEndsTheProcess() throws Exception {
        RuntimeProcess process = start(SCRIPTED, Map.of("JAVA_TOOL_OPTIONS", "-Xmx32m"));
        api.invoke("exhaust");

        assertThat(process.exitCode()).isEqualTo(3);
    }

    @Test
    void severalInvocationsAreServedAtOnce() throws Exception {
        start(SCRIPTED, Map.of("AWS_LAMBDA_MAX_CONCURRENCY", "3"));
        try (SideChannel gate = new SideChannel()) {
            List<Invoked> invoked = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                invoked.add(api.invoke(script("write begun", "wait " + gate.port(), "write done")));
            }
            for (Invoked one : invoked) {
                assertThat(one.chunk()).isEqualTo("begun");
            }
            for (int i = 0; i < 3; i++) {
                gate.release();
            }
            for (Invoked one : invoked) {
                assertThat(one.rest()).isEqualTo("done");
            }
        }
    }

    @Test
    void theHandlerFindsWhatLambdasOwnRuntimeGivesItAndThatItsBytesGoOutLive() throws Exception {
        RuntimeProcess process = start(SCRIPTED);
        Invoked context = api.invoke("context");
        Invoked traced = api.invoke(
                "property com.amazonaws.xray.traceHeader", Map.of("Lambda-Runtime-Trace-Id", "Root=1-2"), ACCEPT);

        assertThat(context.rest())
                .isEqualTo(
                        context.id + " ai-load-balancer 7"
                                + " arn:aws:lambda:us-east-1:123456789012:function:f:live 512 /aws/lambda/f stream-1");
        assertThat(traced.rest()).isEqualTo("Root=1-2");
        assertThat(api.invoke("property com.amazonaws.xray.traceHeader").rest()).isEqualTo("none");
        assertThat(api.invoke("property ailb.runtime.streams").rest()).isEqualTo("true");
        assertThat(api.invoke("security networkaddress.cache.negative.ttl").rest()).isEqualTo("1");
        assertThat(api.invoke("security networkaddress.cache.ttl").rest()).isEqualTo("5");
        assertThat(api.invoke(script("log words for the log", "write .")).rest()).isEqualTo(".");
        process.awaitOutput("words for the log");
    }

    @Test
    void theScriptChoosesTheJvmsFlagsAndIgnoresThoseItIsGiven() throws Exception {
        start(SCRIPTED);

        assertThat(api.invoke("flags").rest()).contains("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
        // Three quarters of 512; what is left of them once the collector has taken a survivor space.
        assertThat(Integer.parseInt(api.invoke("heap").rest())).isBetween(360, 384);
    }

    @Test
    void theScriptLeavesTheSecondCompilerOnUnderSnapStart() throws Exception {
        start(SCRIPTED, SNAP_START);
        api.restore();

        assertThat(api.invoke("flags").rest()).contains("-XX:+UseSerialGC")
                .doesNotContain("TieredStopAtLevel");
    }

    /** The day Lambda's own runtime streams, or whoever turns this one off, gets the same answers. */
    @Test
    void lambdasOwnRuntimeClientPostsTheSameBytesWhole() throws Exception {
        String script =
                script("write {\"statusCode\":200}", "write-zeros 8", "write data: one \u00e4", "write \ud83d\ude00");
        start(SCRIPTED);
        String streamed = api.invoke(script).rest();
        LambdaInstance stock = new LambdaInstance(taskRoot.folder(), SCRIPTED, Map.of());
        try {
            assertThat(stock.text(script)).isEqualTo(streamed);
        } finally {
            stock.kill();
        }
        assertThat(streamed.getBytes(StandardCharsets.UTF_8)).hasSize(18 + 8 + 12 + 4);
    }
}
