package ailb.dispatch.permit;

import ailb.admission.Observation;
import ailb.pool.Endpoint;
import ailb.pool.Pool;
import ailb.port.DispatchEvent;
import ailb.port.DispatchListener;
import ailb.port.TimeSource;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import ailb.state.StateStore;
import ailb.state.StateStoreException;
import ailb.state.WindowSlot;
import ailb.stats.Window;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What this instance knows of the shared state: the items it last read, and those its own writes returned since. This
 * is only a hint for choosing: the guards of the writes decide.
 */
public final class PoolView {

    /** From this age on one caller reads again, and the others go on with the old view. */
    private static final long OLD = Duration.ofMillis(250).toNanos();

    /** From this age on every caller reads again. */
    private static final long TOO_OLD = Duration.ofSeconds(1).toNanos();

    /** A read this much later is not stale: somebody put the item back to an older state. */
    private static final long STALE = Duration.ofSeconds(5).toNanos();

    private final List<String> endpoints;
    private final StateStore store;
    private final TimeSource time;
    private final DispatchListener listener;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();
    private final AtomicBoolean reading = new AtomicBoolean();
    private volatile long readAt;

    public PoolView(Pool pool, StateStore store, TimeSource time, DispatchListener listener) {
        this.endpoints = pool.endpoints().stream().map(Endpoint::name).toList();
        this.store = store;
        this.time = time;
        this.listener = listener;
    }

    private record Seen(EndpointState state, long at) {}

    /** Reads the items again if the view is old. If the store does not answer, the old view stays. */
    public void refresh() {
        refresh(OLD);
    }

    /** @param old the age from which one caller reads again, nanoseconds; at most 1 s */
    public void refresh(long old) {
        long age = time.age(readAt);
        if (age < old) {
            return;
        }
        boolean first = reading.compareAndSet(false, true);
        if (!first && age < TOO_OLD) {
            return;
        }
        try {
            read();
        } finally {
            if (first) {
                reading.set(false);
            }
        }
    }

    private void read() {
        long asked = time.now();
        try {
            store.read(endpoints).forEach((name, state) -> seen.merge(name, new Seen(state, asked), this::newer));
            readAt = asked;
        } catch (StateStoreException e) {
            listener.on(new DispatchEvent.StoreTrouble("all", String.valueOf(e.getMessage())));
        }
    }

    /** When all items were last read, nanoseconds since the epoch; 0 for never. */
    public long readAt() {
        return readAt;
    }

    /** Notes an item that a write returned. */
    void saw(Endpoint endpoint, EndpointState state) {
        seen.merge(endpoint.name(), new Seen(state, time.now()), this::newer);
    }

    /**
     * Whether to keep what is known. Reads are eventually consistent, and what a write returned may be noted late.
     * Neither may hide what a later write returned, or a move of the breaker. An item noted in the future is from
     * before the clock was set back.
     */
    private Seen newer(Seen known, Seen other) {
        boolean stale = other.at() < known.at()
                || (other.state().get(Attribute.GENERATION) < known.state().get(Attribute.GENERATION)
                        && other.at() - known.at() < STALE);
        return stale && known.at() <= time.now() ? known : other;
    }

    public EndpointState state(Endpoint endpoint) {
        Seen known = seen.get(endpoint.name());
        return known == null ? EndpointState.EMPTY : known.state();
    }

    public Observation observe(Endpoint endpoint) {
        Seen known = seen.get(endpoint.name());
        if (known == null) {
            return new Observation(EndpointState.EMPTY, 0, 0);
        }
        long now = time.now();
        double calls = Window.of(known.state(), now).sum(WindowSlot::admitted) / Window.LENGTH.toSeconds();
        return new Observation(known.state(), now - known.at(), calls);
    }
}
