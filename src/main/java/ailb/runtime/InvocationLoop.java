package ailb.runtime;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks for an invocation, lets the handler answer it, settles it, and asks for the next. May run on many threads at once. */
final class InvocationLoop {

    /** Where X-Ray's SDK looks for the trace that calls of the handler belong to. */
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
            throw new RuntimeEndException("The Runtime API hands out no invocation: " + e.getMessage(), e);
        }
    }

    private void serve(Invocation invocation) throws RuntimeEndException {
        tellTrace(invocation.traceId());
        ResponseStream response = new ResponseStream(api, invocation.id());
        Throwable failure = call(invocation, response);
        // The handler's own affair: the next invocation does not begin interrupted.
        Thread.interrupted();
        try {
            check(settle(invocation.id(), response, failure), invocation.id());
        } catch (IOException e) {
            // A caller who hangs up ends the response, many times a day: there is nobody left to tell.
            if (!response.isUnwanted()) {
                log.warn("The invocation's outcome could not be told: " + e.getMessage(), invocation.id());
            }
        }
        if (failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError)) {
            throw new RuntimeEndException("The JVM cannot go on: " + failure, failure);
        }
    }

    /** A property is the whole process's, so it is right only where there is one invocation at a time. */
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

    /** What the handler failed with; null if it did not. */
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

    private Answer settle(String id, ResponseStream response, @Nullable Throwable failure) throws IOException {
        if (failure == null) {
            Optional<Answer> answer = response.end();
            return answer.isPresent() ? answer.get() : report(id, ErrorReport.ofEmptyResponse());
        }
        ErrorReport report = ErrorReport.of(failure);
        if (!response.hasBegun()) {
            return report(id, report);
        }
        if (!response.isUnwanted()) {
            log.error("The handler failed while it answered: " + report.json(), id);
        }
        return response.end(report);
    }

    private Answer report(String id, ErrorReport report) throws IOException {
        log.error("The invocation failed: " + report.json(), id);
        return api.invocationError(id, report);
    }

    private void check(Answer answer, String id) throws RuntimeEndException {
        if (answer.status() >= 500) {
            throw new RuntimeEndException("The Runtime API is out of order: " + answer.summary());
        }
        if (answer.status() != 202) {
            log.warn("The Runtime API refused the invocation's outcome: " + answer.summary(), id);
        }
    }
}
