package ailb.gateway;

import java.io.IOException;
import java.io.OutputStream;

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
}
