package ailb.lambda;

import ailb.api.RefusedKeys;
import ailb.port.DispatchEvent;
import ailb.port.DispatchListener;
import ailb.port.TimeSource;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Writes events as JSON, one line each, with their metrics, so that CloudWatch can filter and count them. A line that
 * is written while a request is answered has the request's ids.
 */
final class JsonLog implements DispatchListener, RefusedKeys {

    private static final JsonMapper MAPPER = new JsonMapper();

    private final PrintStream out;
    private final TimeSource time;
    private final EmbeddedMetrics metrics;

    /** @param stack name of the stack, for metrics */
    JsonLog(PrintStream out, TimeSource time, String stack) {
        this.out = out;
        this.time = time;
        this.metrics = new EmbeddedMetrics(stack);
    }

    @Override
    public void on(DispatchEvent event) {
        ObjectNode line = line(event.getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .put("endpoint", event.endpoint());
        switch (event) {
            case DispatchEvent.Admitted(_, long waitNanos) -> line.put("wait_ms", millis(waitNanos));
            case DispatchEvent.Answered(_, long nanos, long input, long output) ->
                line.put("ms", millis(nanos)).put("input_tokens", input).put("output_tokens", output);
            case DispatchEvent.Failed failed ->
                line.put("ms", millis(failed.nanos()))
                        .put("failure", failed.failure().name())
                        .put("status", failed.status())
                        .put("detail", failed.detail());
            case DispatchEvent.HungUp(_, long nanos) -> line.put("ms", millis(nanos));
            case DispatchEvent.Opened(_, var reason) -> line.put("reason", reason.name());
            case DispatchEvent.KeyMissing(_, String remedy) -> line.put("remedy", remedy);
            case DispatchEvent.StoreTrouble(_, String cause) -> line.put("cause", cause);
            case DispatchEvent.StoreDown(_, String cause) -> line.put("cause", cause);
            case DispatchEvent.StoreStillDown(_, String cause) -> line.put("cause", cause);
            case DispatchEvent.StoreUp(_, long downNanos) -> line.put("down_ms", millis(downNanos));
            case DispatchEvent.Refused _,DispatchEvent.Throttled _,DispatchEvent.Dropped _,DispatchEvent.Closed _,DispatchEvent.KeyRenewed _ ->
                {}
        }
        metrics.addTo(line, event, millis(time.now()));
        out.println(line);
    }

    @Override
    public void keyRefused() {
        ObjectNode line = line("clientkeyrefused");
        metrics.addRefusedKeyTo(line, millis(time.now()));
        out.println(line);
    }

    private static ObjectNode line(String event) {
        ObjectNode line = MAPPER.createObjectNode().put("event", event);
        LogNames.addTo(line);
        return line;
    }

    /** Sends the log messages of the code here too, one line each, exceptions included. */
    void takeSystemLog() {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new SystemLog());
    }

    private final class SystemLog extends Handler {

        private final SimpleFormatter formatter = new SimpleFormatter();

        @Override
        public void publish(LogRecord message) {
            ObjectNode line = line("log")
                    .put("level", message.getLevel().getName())
                    .put("logger", message.getLoggerName())
                    .put("message", formatter.formatMessage(message));
            if (message.getThrown() != null) {
                StringWriter trace = new StringWriter();
                message.getThrown().printStackTrace(new PrintWriter(trace));
                line.put("trace", trace.toString());
            }
            out.println(line);
        }

        @Override
        public void flush() {
            out.flush();
        }

        @Override
        public void close() {
            // Standard output stays open.
        }
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }
}
