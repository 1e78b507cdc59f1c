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
 * What this instance knows of the shared state: the items last read, and each one that a write of its own brought back
 * since. Only a hint for choosing; the guards of the writes decide.
 */
public final class PoolView {

    /** From this age on one caller reads anew, while others go on with what is known. */
    private static final long OLD = Duration.ofMillis(250).toNanos();

    /** From this age on every caller reads anew. */
    private static final long TOO_OLD = Duration.ofSeconds(1).toNanos();

    /** A read that is so much later is no stale one: the item itself has been put back. */
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

    /** Reads the items where what is known of them is old. Without an answer of the store the old view stands. */
    public void refresh() {
        refresh(OLD);
    }

    /** @param old from which age on one caller reads anew, nanoseconds; at most 1 s */
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

    /** When all items were last read, nanoseconds since the epoch; 0 where they never were. */
    public long readAt() {
        return readAt;
    }

    /** Notes an item that a write brought back. */
    void saw(Endpoint endpoint, EndpointState state) {
        seen.merge(endpoint.name(), new Seen(state, time.now()), this::newer);
    }

    /**
     * A read is eventually consistent, and what a write brought back may be noted late: neither must hide what a later
     * write has brought back, nor a move of the breaker that was seen before. What was brought back in a time still to come
     * is from before the clock was set back.
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
