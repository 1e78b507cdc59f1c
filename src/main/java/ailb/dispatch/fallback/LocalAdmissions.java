package ailb.dispatch.fallback;

import ailb.port.DispatchEvent;
import ailb.port.DispatchListener;
import ailb.port.TimeSource;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import ailb.stats.Window;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What this instance recently admitted, counted in windows like those of the fleet. */
public final class LocalAdmissions implements DispatchListener {

    private final Map<String, EndpointState> windows = new ConcurrentHashMap<>();
    private final TimeSource time;

    public LocalAdmissions(TimeSource time) {
        this.time = time;
    }

    @Override
    public void on(DispatchEvent event) {
        if (event instanceof DispatchEvent.Admitted(String endpoint, _)) {
            long now = time.now();
            windows.compute(endpoint, (_, state) -> counted(state == null ? EndpointState.EMPTY : state, now));
        }
    }

    private static EndpointState counted(EndpointState state, long now) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        Window.of(state, now).count(update, Map.of(WindowSlot::admitted, 1L));
        return update.build().applyTo(state);
    }

    /** The window of the calls admitted to an endpoint. */
    EndpointState of(String endpoint) {
        return windows.getOrDefault(endpoint, EndpointState.EMPTY);
    }
}
