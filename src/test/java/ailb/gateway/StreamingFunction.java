package ailb.gateway;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** The function behind the gateway, with the Lambda that runs it. Called by many threads at once. */
@FunctionalInterface
public interface StreamingFunction {

    /**
     * Runs one invocation, which is over when this returns. What is thrown is the function's failure, before its answer or
     * in the middle of it.
     *
     * @param event JSON
     * @param answer takes the prelude, eight NULs and the body; each write is handed on at once, blocks while the caller is
     *     slow, and throws when the gateway no longer listens
     */
    void invoke(String event, OutputStream answer) throws IOException, InterruptedException;

    /** A handler in this process, under a runtime that sends at once what is written. */
    static StreamingFunction of(RequestStreamHandler handler, Supplier<Context> contexts) {
        return (event, answer) -> handler.handleRequest(
                new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), answer, contexts.get());
    }
}
