package ailb.runtime;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gets an invocation, runs the handler, reports the outcome, and repeats. May run on many threads at once. */
final class InvocationLoop {

    /** The system property from which X-Ray's SDK reads the current trace. */
    static final String TRACE = "com.amazonaws.xray.traceHeader";

    private final RuntimeApi api;
    private final RequestStreamHandler handler;
    private final FunctionEnvironment function;
    private final RuntimeLog log;

    InvocationLoop(RuntimeApi api, RequestStreamHandler handler, FunctionEnvironment function, RuntimeLog log) {
        this.api = api;
        this.handler = handler;
        this.function = function;
        this.log = log;
    }

    /** Returns only by throwing. */
    void run() throws RuntimeEndException {
        while (true) {
            serve(next());
        }
    }

    private Invocation next() throws RuntimeEndException {
        try {
            return api.next();
        } catch (IOException e) {
            throw new RuntimeEndException("Could not get an invocation from the Runtime API: " + e.getMessage(), e);
        }
    }

    private void serve(Invocation invocation) throws RuntimeEndException {
        tellTrace(invocation.traceId());
        ResponseStream response = new ResponseStream(api, invocation.id());
        Throwable failure = call(invocation, response);
        // Clears an interrupt that the handler left: the next invocation must not begin interrupted.
        Thread.interrupted();
        try {
            check(reportOutcome(invocation.id(), response, failure), invocation.id());
        } catch (IOException e) {
            // Not logged when the caller hung up, which happens many times a day.
            if (!response.isUnwanted()) {
                log.warn("Could not report the invocation's outcome: " + e.getMessage(), invocation.id());
            }
        }
        if (failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError)) {
            throw new RuntimeEndException("The JVM failed: " + failure, failure);
        }
    }

    /** The property applies to the whole process, so it is set only if there is one invocation at a time. */
    private void tellTrace(@Nullable String traceId) {
        if (function.concurrency() > 1) {
            return;
        }
        if (traceId == null) {
            System.clearProperty(TRACE);
        } else {
            System.setProperty(TRACE, traceId);
        }
    }

    /** Runs the handler. Returns its failure, or null if it succeeded. */
    private @Nullable Throwable call(Invocation invocation, ResponseStream response) {
        try {
            handler.handleRequest(
                    new ByteArrayInputStream(invocation.event()),
                    response,
                    new InvocationContext(
                            invocation, function, new OutputLogger(System.out), InstantSource.system()));
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    private Answer reportOutcome(String id, ResponseStream response, @Nullable Throwable failure) throws IOException {
        if (failure == null) {
            Optional<Answer> answer = response.end();
            return answer.isPresent() ? answer.get() : report(id, ErrorReport.ofEmptyResponse());
        }
        ErrorReport report = ErrorReport.of(failure);
        if (!response.hasBegun()) {
            return report(id, report);
        }
        if (!response.isUnwanted()) {
            log.error("The handler failed after its response had begun: " + report.json(), id);
        }
        return response.end(report);
    }

    private Answer report(String id, ErrorReport report) throws IOException {
        log.error("The invocation failed: " + report.json(), id);
        return api.invocationError(id, report);
    }

    private void check(Answer answer, String id) throws RuntimeEndException {
        if (answer.status() >= 500) {
            throw new RuntimeEndException("The Runtime API failed: " + answer.summary());
        }
        if (answer.status() != 202) {
            log.warn("The Runtime API refused the invocation's outcome: " + answer.summary(), id);
        }
    }
}
