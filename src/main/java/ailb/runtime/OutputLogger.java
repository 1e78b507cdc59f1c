package ailb.runtime;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import java.io.PrintStream;

/** The handler's logger. It prints to standard output, which Lambda logs. */
final class OutputLogger implements LambdaLogger {

    private final PrintStream out;

    OutputLogger(PrintStream out) {
        this.out = out;
    }

    @Override
    public void log(String message) {
        out.println(message);
    }

    @Override
    public void log(byte[] message) {
        synchronized (out) {
            out.write(message, 0, message.length);
            out.println();
            out.flush();
        }
    }
}
