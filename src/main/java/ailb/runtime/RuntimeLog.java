package ailb.runtime;

import java.io.PrintStream;

/** The runtime's own log: one line of JSON for each message. */
final class RuntimeLog {

    private final PrintStream out;

    RuntimeLog(PrintStream out) {
        this.out = out;
    }

    void error(String message) {
        out.println("{\"level\":\"ERROR\",\"message\":" + Json.quote(message) + "}");
    }

    void error(String message, String requestId) {
        write("ERROR", message, requestId);
    }

    void warn(String message, String requestId) {
        write("WARN", message, requestId);
    }

    private void write(String level, String message, String requestId) {
        out.println(
                "{\"level\":\"" + level + "\",\"message\":" + Json.quote(message) + ",\"requestId\":"
                        + Json.quote(requestId) + "}");
    }
}
