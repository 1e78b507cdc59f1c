package ailb.runtime;

import static ailb.runtime.FakeApi.ACCEPT;
import static ailb.runtime.FakeApi.RESET_AFTER_A_CHUNK;
import static ailb.runtime.FakeApi.answering;
import static ailb.runtime.FakeApi.await;
import static ailb.runtime.FakeApi.refusingAfterAChunk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ailb.runtime.FakeApi.Invoked;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes of invocations, in this process, against a fake Runtime API. */
@Timeout(120)
class InvocationLoopTest {

    private final FakeApi api = new FakeApi();

    /** Done, with the reason, when the loop ends. */
    private final CompletableFuture<Throwable> end = new CompletableFuture<>();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    InvocationLoopTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        api.close();
        System.clearProperty(InvocationLoop.TRACE);
    }

    /** Runs the loop on a thread of its own. */
    private void run(RequestStreamHandler handler) {
        run(handler, 1);
    }

    private void run(RequestStreamHandler handler, int concurrency) {
        InvocationLoop loop = new InvocationLoop(
                RuntimeApi.at(api.authority()),
                handler,
                new FunctionEnvironment("h", "f", "7", "group", "stream", 512, concurrency, false),
                new RuntimeLog(new PrintStream(printed, true)));
        for (int i = 0; i < concurrency; i++) {
            Thread.ofPlatform().daemon().start(() -> end.complete(catchThrowable(loop::run)));
        }
    }

    private static void say(OutputStream out, String words) throws IOException {
        out.write(words.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Answers with its event; what the other handlers of these tests do when a test asks whether the loop goes on. */
    private static final RequestStreamHandler ECHO = (in, out, _) -> say(out, text(in));

    /** With the first event the handler does as the test says, with further ones it echoes. */
    private static RequestStreamHandler first(RequestStreamHandler handler) {
        CountDownLatch once = new CountDownLatch(1);
        return (in, out, context) -> {
            if (once.getCount() == 1) {
                once.countDown();
                handler.handleRequest(in, out, context);
            } else {
                ECHO.handleRequest(in, out, context);
            }
        };
    }

    private void assertThatTheNextIsServed() throws Exception {
        assertThat(api.invoke("the next").rest()).isEqualTo("the next");
    }

    @Test
    void theFirstChunkIsThereBeforeTheSecondIsWritten() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        run((_, out, _) -> {
            say(out, "first");
            awaitLatch(second);
            say(out, "second");
        });
        Invoked invoked = api.invoke("{}");

        assertThat(invoked.chunk()).isEqualTo("first");
        second.countDown();
        assertThat(invoked.chunk()).isEqualTo("second");
        assertThat(invoked.trailers()).isEmpty();
    }

    @Test
    void aResponseSaysThatItStreams() throws Exception {
        run(ECHO);
        Invoked invoked = api.invoke("words");

        assertThat(invoked.head())
                .containsEntry("Lambda-Runtime-Function-Response-Mode", "streaming")
                .containsEntry("Transfer-Encoding", "chunked")
                .containsEntry("Connection", "close")
                .containsEntry("Content-Type", "application/vnd.awslambda.http-integration-response")
                .containsEntry(
                        "Trailer", "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body")
                .doesNotContainKey("Content-Length");
    }

    @Test
    void whatIsNotFlushedGoesOutTogether() throws Exception {
        run((_, out, _) -> {
            out.write('a');
            out.write("bc".getBytes(StandardCharsets.UTF_8));
            out.flush();
            out.flush();
            out.write("d".getBytes(StandardCharsets.UTF_8));
        });
        Invoked invoked = api.invoke("{}");

        assertThat(invoked.chunk()).isEqualTo("abc");
        assertThat(invoked.rest()).isEqualTo("d");
    }

    @Test
    void manyBytesArriveInTheirOrderWhateverTheyAreWrittenIn() throws Exception {
        StringBuilder all = new StringBuilder();
        List<String> pieces = new ArrayList<>();
        for (int size : new int[]{1, 16_383, 2, 16_384, 16_385, 40_000, 0, 5}) {
            pieces.add(Character.toString('a' + pieces.size()).repeat(size));
            all.append(pieces.getLast());
        }
        run((_, out, _) -> {
            for (String piece : pieces) {
                out.write(piece.getBytes(StandardCharsets.UTF_8));
            }
        });

        assertThat(api.invoke("{}").rest()).isEqualTo(all.toString());
    }

    @Test
    void aHandlerThatFailsInTheMiddleEndsItsResponseWithTheErrorInTrailers() throws Exception {
        run(first((_, out, _) -> {
            say(out, "half");
            out.write(" and".getBytes(StandardCharsets.UTF_8));
            throw new IllegalStateException("the \"provider\" is gone: \u00fc");
        }));
        Invoked invoked = api.invoke("{}");
        Map<String, String> trailers = invoked.trailers();
        JsonNode error = new JsonMapper().readTree(
                Base64.getDecoder().decode(trailers.get("Lambda-Runtime-Function-Error-Body")));

        assertThat(invoked.rest()).isEqualTo("half and");
        assertThat(trailers)
                .containsEntry("Lambda-Runtime-Function-Error-Type", "java.lang.IllegalStateException");
        assertThat(error.path("errorType").asText()).isEqualTo("java.lang.IllegalStateException");
        assertThat(error.path("errorMessage").asText()).isEqualTo("the \"provider\" is gone: \u00fc");
        assertThat(error.path("stackTrace").get(0).asText()).contains("InvocationLoopTest");
        assertThatTheNextIsServed();
        assertThat(api.calls()).doesNotContain("POST invocation/error");
    }

    @Test
    void aHandlerThatFailsBeforeItsFirstBytesAreSentIsReportedAsAnError() throws Exception {
        run(first((_, out, _) -> {
            out.write('a');
            throw new IOException("no room");
        }));
        Invoked invoked = api.invoke("{}");
        JsonNode error = new JsonMapper().readTree(invoked.error().body());

        assertThat(invoked.error().headers())
                .containsEntry("Lambda-Runtime-Function-Error-Type", "Runtime.UserException")
                .containsEntry("Content-Type", "application/json");
        assertThat(error.path("errorType").asText()).isEqualTo("java.io.IOException");
        assertThat(error.path("errorMessage").asText()).isEqualTo("no room");
        assertThat(error.path("stackTrace").isArray()).isTrue();
        assertThat(invoked.hasResponse()).isFalse();
        assertThatTheNextIsServed();
    }

    @Test
    void anAnswerWithoutAByteIsAnError() throws Exception {
        run(first((_, out, _) -> out.flush()));
        Invoked invoked = api.invoke("{}");

        assertThat(invoked.error().body()).contains("without writing a response");
        assertThat(invoked.error().headers())
                .containsEntry("Lambda-Runtime-Function-Error-Type", "Runtime.EmptyResponse");
        assertThat(invoked.hasResponse()).isFalse();
        assertThatTheNextIsServed();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 403})
    void aRefusalAtTheEndIsLoggedAndTheNextIsServed(int status) throws Exception {
        run(ECHO);
        Invoked invoked = api.invoke("words", answering(status));

        assertThat(invoked.rest()).isEqualTo("words");
        assertThatTheNextIsServed();
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("\"WARN\"", status + ", ", invoked.id);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 202})
    void anAnswerBeforeTheEndReachesTheHandlerAsItWrites(int status) throws Exception {
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        run(first((_, out, _) -> seen.complete(writeUntilItFails(out, "more "))));
        api.invoke("{}", refusingAfterAChunk(status));

        assertThat(await(seen)).isInstanceOf(IOException.class).hasMessageContaining(Integer.toString(status));
        assertThatTheNextIsServed();
    }

    @Test
    void anAnswerBeforeTheEndReachesAHandlerThatFlushesWithoutHavingWritten() throws Exception {
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        run(first((_, out, _) -> seen.complete(catchThrowable(() -> {
            say(out, "words");
            while (true) {
                out.flush();
                Thread.onSpinWait();
            }
        }))));
        api.invoke("{}", refusingAfterAChunk(413));

        assertThat(await(seen)).isInstanceOf(IOException.class).hasMessageContaining("413");
        assertThatTheNextIsServed();
    }

    /** It waits in a write: the API reads no more, and has more than any socket's buffer before it. */
    @Test
    void anAnswerBeforeTheEndFreesAHandlerThatWaitsForTheReader() throws Exception {
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        run(first((_, out, _) -> seen.complete(writeUntilItFails(out, "x".repeat(64 * 1024 * 1024)))));
        api.invoke("{}", response -> {
            response.answer(413, "{}");
            response.hold();
        });

        assertThat(await(seen)).isInstanceOf(IOException.class).hasMessageContaining("413");
        assertThatTheNextIsServed();
    }

    @Test
    void aResetReachesTheHandlerAsItWrites() throws Exception {
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        run(first((_, out, _) -> {
            Throwable failure = writeUntilItFails(out, "more ");
            seen.complete(failure);
            throw (IOException) failure;
        }));
        Invoked invoked = api.invoke("{}", RESET_AFTER_A_CHUNK);

        assertThat(await(seen)).isInstanceOf(IOException.class);
        assertThatTheNextIsServed();
        assertThat(api.calls()).doesNotContain("POST invocation/error");
        // It is how a caller who hangs up looks.
        assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain(invoked.id);
    }

    private static Throwable writeUntilItFails(OutputStream out, String words) {
        return catchThrowable(() -> {
            while (true) {
                say(out, words);
            }
        });
    }

    @Test
    void aHandlerMayCloseItsStreamAndWritesNoMoreThen() throws Exception {
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        run((_, out, _) -> {
            out.write("all".getBytes(StandardCharsets.UTF_8));
            out.close();
            out.close();
            out.flush();
            seen.complete(catchThrowable(() -> out.write('a')));
        });

        assertThat(api.invoke("{}").rest()).isEqualTo("all");
        assertThat(await(seen)).isInstanceOf(IOException.class).hasMessageContaining("closed");
    }

    @Test
    void anErrorOfAHandlerIsReportedAndTheNextIsServedUnlessTheJvmCannotGoOn() throws Exception {
        run((in, out, _) -> {
            switch (text(in)) {
                case "overflow" -> overflow(0);
                case "linkage" -> throw new NoClassDefFoundError("a/B");
                case "memory" -> throw new OutOfMemoryError("Java heap space");
                default -> say(out, "fine");
            }
        });

        assertThat(api.invoke("overflow").error().body()).contains("java.lang.StackOverflowError")
                .hasSizeLessThan(50_000);
        assertThat(api.invoke("linkage").error().body()).contains("java.lang.NoClassDefFoundError");
        assertThat(api.invoke("{}").rest()).isEqualTo("fine");
        assertThat(api.invoke("memory").error().body()).contains("java.lang.OutOfMemoryError");
        assertThat(await(end)).isInstanceOf(RuntimeEndException.class).hasMessageContaining("The JVM failed");
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int overflow(int depth) {
        return overflow(depth + 1) + 1;
    }

    @Test
    void theLoopEndsWhenTheApiHandsOutNoInvocation() throws Exception {
        run(ECHO);
        api.breakDown();

        assertThat(await(end)).isInstanceOf(RuntimeEndException.class).hasMessageContaining("500");
    }

    @Test
    void theLoopEndsWhenTheApiIsOutOfOrder() throws Exception {
        run(ECHO);
        api.invoke("words", answering(500));

        assertThat(await(end)).isInstanceOf(RuntimeEndException.class).hasMessageContaining("500");
    }

    @Test
    void theContextSaysWhatLambdaSays() throws Exception {
        CompletableFuture<Context> seen = new CompletableFuture<>();
        run((_, out, context) -> {
            seen.complete(context);
            say(out, Integer.toString(context.getRemainingTimeInMillis()));
        });
        Invoked invoked = api.invoke("{}", Map.of("Lambda-Runtime-Trace-Id", "Root=1"), ACCEPT);
        Context context = await(seen);

        assertThat(Integer.parseInt(invoked.rest())).isBetween(1, 600_000);
        assertThat(context.getAwsRequestId()).isEqualTo(invoked.id);
        assertThat(context.getInvokedFunctionArn())
                .isEqualTo("arn:aws:lambda:us-east-1:123456789012:function:f:live");
        assertThat(context.getFunctionName()).isEqualTo("f");
        assertThat(context.getFunctionVersion()).isEqualTo("7");
        assertThat(context.getMemoryLimitInMB()).isEqualTo(512);
        assertThat(context.getLogGroupName()).isEqualTo("group");
        assertThat(context.getLogStreamName()).isEqualTo("stream");
        assertThat(context.getXrayTraceId()).isEqualTo("Root=1");
        assertThat(context.getIdentity()).isNull();
        assertThat(context.getClientContext()).isNull();
    }

    @Test
    void theTraceIsAPropertyOfItsInvocationOnly() throws Exception {
        run((_, out, _) -> say(out, System.getProperty(InvocationLoop.TRACE, "none")));

        assertThat(api.invoke("{}", Map.of("Lambda-Runtime-Trace-Id", "Root=1-2;Sampled=1"), ACCEPT).rest())
                .isEqualTo("Root=1-2;Sampled=1");
        assertThat(api.invoke("{}").rest()).isEqualTo("none");
    }

    @Test
    void severalLoopsServeAtOnceAndLeaveTheTraceToTheContext() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        run((in, out, context) -> {
            say(out, text(in));
            awaitLatch(go);
            say(out, context.getXrayTraceId() + " " + System.getProperty(InvocationLoop.TRACE));
        }, 3);
        List<Invoked> invoked = new ArrayList<>();
        for (String event : List.of("a", "b", "c")) {
            invoked.add(api.invoke(event, Map.of("Lambda-Runtime-Trace-Id", "Root=" + event), ACCEPT));
        }

        assertThat(invoked.get(0).chunk()).isEqualTo("a");
        assertThat(invoked.get(1).chunk()).isEqualTo("b");
        assertThat(invoked.get(2).chunk()).isEqualTo("c");
        go.countDown();
        assertThat(invoked.get(0).rest()).isEqualTo("Root=a null");
        assertThat(invoked.get(1).rest()).isEqualTo("Root=b null");
        assertThat(invoked.get(2).rest()).isEqualTo("Root=c null");
    }

    @Test
    void anInterruptThatAHandlerLeavesBehindIsNotTheNextOnes() throws Exception {
        run((in, out, _) -> {
            say(out, text(in) + Thread.interrupted());
            Thread.currentThread().interrupt();
        });

        assertThat(api.invoke("1 ").rest()).isEqualTo("1 false");
        assertThat(api.invoke("2 ").rest()).isEqualTo("2 false");
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
