package ailb.lambda;

import ailb.dispatch.DispatchEvent;
import ailb.dispatch.DispatchListener;
import ailb.dispatch.TimeSource;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.Locale;

/** Writes what happens as JSON, a line an event, with its metrics, so that CloudWatch can filter and count it. */
final class JsonLog implements DispatchListener {

    private static final JsonMapper MAPPER = new JsonMapper();

    private final PrintStream out;
    private final TimeSource time;

    JsonLog(PrintStream out, TimeSource time) {
        this.out = out;
        this.time = time;
    }

    @Override
    public void on(DispatchEvent event) {
        ObjectNode line = MAPPER.createObjectNode()
                .put("event", event.getClass().getSimpleName().toLowerCase(Locale.ROOT))
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
        EmbeddedMetrics.addTo(line, event, millis(time.now()));
        out.println(line);
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }
}
