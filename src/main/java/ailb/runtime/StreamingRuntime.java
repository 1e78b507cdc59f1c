package ailb.runtime;

import ailb.runtime.crac.CheckpointException;
import ailb.runtime.crac.Core;
import ailb.runtime.crac.RestoreException;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link RequestStreamHandler} as a Lambda function and streams its output (ADR 23). Uses only the Runtime API.
 *
 * <ol>
 * <li>Prepares the JVM, and sets the system property {@value #STREAMS}: it tells the handler that its output is
 * streamed.
 * <li>Loads the handler; a failure goes to {@code init/error}.
 * <li>Under SnapStart: runs the hooks of org.crac, waits in {@code restore/next} for the snapshot and the restore, and
 * runs the hooks again; failures go to {@code init/error} and {@code restore/error}.
 * <li>Gets and answers invocations, one at a time or AWS_LAMBDA_MAX_CONCURRENCY at a time.
 * </ol>
 *
 * Exits with code 1 if one of the first three steps or the Runtime API fails.
 */
public final class StreamingRuntime {

    /** Is {@code true} while a handler runs here: a response may have 200 MB, and is sent while it is written. */
    public static final String STREAMS = "ailb.runtime.streams";

    private final Map<String, String> variables;
    private final RuntimeApi api;
    private final RuntimeLog log;

    /** @throws IllegalArgumentException if the variables do not say where the Runtime API is */
    StreamingRuntime(Map<String, String> variables, RuntimeLog log) {
        this.variables = Map.copyOf(variables);
        this.api = RuntimeApi.at(variables.get("AWS_LAMBDA_RUNTIME_API"));
        this.log = log;
    }

    public static void main(String[] arguments) {
        RuntimeLog log = new RuntimeLog(System.out);
        try {
            new StreamingRuntime(System.getenv(), log).run();
        } catch (RuntimeEndException e) {
            log.error(e.getMessage());
        } catch (Throwable e) {
            log.error("The runtime failed: " + ErrorReport.of(e).json());
        }
        System.exit(1);
    }

    /** Returns only by throwing. */
    void run() throws RuntimeEndException {
        JvmPreparation.prepare();
        System.setProperty(STREAMS, "true");
        FunctionEnvironment environment = environment();
        RequestStreamHandler handler = handler(environment);
        if (environment.snapStart()) {
            passSnapshot();
        }
        serve(handler, environment);
    }

    private FunctionEnvironment environment() throws RuntimeEndException {
        try {
            return FunctionEnvironment.of(variables);
        } catch (IllegalArgumentException e) {
            throw initFailure(ErrorReport.ofInit(e));
        }
    }

    private RequestStreamHandler handler(FunctionEnvironment environment) throws RuntimeEndException {
        try {
            return HandlerLoader.load(environment.handler());
        } catch (Throwable e) {
            throw initFailure(ErrorReport.ofInit(e));
        }
    }

    private void passSnapshot() throws RuntimeEndException {
        try {
            Core.getGlobalContext().beforeCheckpoint();
        } catch (CheckpointException | RuntimeException | Error e) {
            throw initFailure(ErrorReport.ofBeforeCheckpoint(e));
        }
        try {
            api.awaitRestore();
        } catch (IOException e) {
            throw new RuntimeEndException("The Runtime API did not report the restore: " + e.getMessage(), e);
        }
        try {
            Core.getGlobalContext().afterRestore();
        } catch (RestoreException | RuntimeException | Error e) {
            throw failure(ErrorReport.ofAfterRestore(e), api::restoreError);
        }
    }

    private interface Post {
        Answer send(ErrorReport report) throws IOException;
    }

    private RuntimeEndException initFailure(ErrorReport report) {
        return failure(report, api::initError);
    }

    private RuntimeEndException failure(ErrorReport report, Post post) {
        log.error("The function did not start: " + report.json());
        try {
            Answer answer = post.send(report);
            return new RuntimeEndException("The Runtime API answered the error report with " + answer.status() + ".");
        } catch (IOException e) {
            return new RuntimeEndException("Could not report the error to the Runtime API: " + e.getMessage(), e);
        }
    }

    private void serve(RequestStreamHandler handler, FunctionEnvironment environment) throws RuntimeEndException {
        InvocationLoop loop = new InvocationLoop(api, handler, environment, log);
        if (environment.concurrency() == 1) {
            loop.run();
        } else {
            serveAtOnce(loop, environment.concurrency());
        }
    }

    /** Runs each loop on its own thread. When one ends, all end. */
    private static void serveAtOnce(InvocationLoop loop, int concurrency) throws RuntimeEndException {
        ExecutorService threads = Executors.newFixedThreadPool(concurrency);
        ExecutorCompletionService<@Nullable Void> loops = new ExecutorCompletionService<>(threads);
        for (int i = 0; i < concurrency; i++) {
            var _ = loops.submit(() -> {
                loop.run();
                return null;
            });
        }
        try {
            loops.take().get();
        } catch (ExecutionException e) {
            throw RuntimeEndException.of(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RuntimeEndException("The runtime was interrupted.", e);
        } finally {
            threads.shutdownNow();
        }
    }
}
