package ailb.dispatch.fallback;

import ailb.port.DispatchEvent;
import ailb.port.DispatchListener;
import ailb.port.TimeSource;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.Guard;
import ailb.state.StateStore;
import ailb.state.StateStoreException;
import ailb.state.UpdateResult;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The shared store, and whether it is down: after two failures in a row within ten seconds. Then nobody waits for it,
 * except one caller a second that tries it again.
 */
public final class StoreWatch implements StateStore {

    /**
     * A failure is forgotten after this time, nanoseconds: an instance that only reads makes no write that would end
     * the row. An instance that makes calls meets a failing store twice in each call.
     */
    private static final long FAILURE_MEMORY = Duration.ofSeconds(10).toNanos();

    /** Time between two tries of a store that is down, nanoseconds. */
    private static final long RETRY_INTERVAL = Duration.ofSeconds(1).toNanos();

    /** The key of the item that a store is tried with. No endpoint has it, and the item is never written. */
    private static final String PROBED = "store-probe";

    /**
     * A write whose guard never holds. Only a write shows that writes are answered, and a rejected one is an answer
     * too.
     */
    private static final ConditionalUpdate PROBE = ConditionalUpdate.builder()
            .guard(Guard.equal(Attribute.GENERATION, Long.MAX_VALUE))
            .put(Attribute.GENERATION, 0)
            .build();

    private final StateStore store;
    private final TimeSource time;
    private final DispatchListener listener;
    private final AtomicReference<Standing> standing = new AtomicReference<>(new Answering(0, 0));

    public StoreWatch(StateStore store, TimeSource time, DispatchListener listener) {
        this.store = store;
        this.time = time;
        this.listener = listener;
    }

    /** The store's condition, as far as this instance can tell. */
    sealed interface Standing {}

    /**
     * @param outages how many there have been
     * @param failedAt when it last did not answer, nanoseconds since the epoch; 0 if it has answered a write since
     */
    record Answering(long outages, long failedAt) implements Standing {}

    /**
     * @param outage its number
     * @param since nanoseconds since the epoch, as {@code tried}
     * @param tried when the store was last asked
     */
    record Down(long outage, long since, long tried) implements Standing {}

    Standing standing() {
        return standing.get();
    }

    @Override
    public Map<String, EndpointState> read(Collection<String> endpoints) {
        if (standing.get() instanceof Down) {
            String message = "not asked: the state store is down";
            throw new StateStoreException(message, new IllegalStateException(message));
        }
        try {
            return store.read(endpoints);
        } catch (StateStoreException e) {
            if (!e.isThrottled()) {
                failed(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    @Override
    public UpdateResult update(String endpoint, ConditionalUpdate update) {
        if (standing.get() instanceof Down) {
            return new UpdateResult.Unknown("not sent: the state store is down");
        }
        UpdateResult result = store.update(endpoint, update);
        switch (result) {
            case UpdateResult.Unknown(String cause) -> failed(cause);
            case UpdateResult.Applied _,UpdateResult.Rejected _,UpdateResult.Throttled _ -> answered();
        }
        return result;
    }

    /** Only writes end a row of failures: a store that can be read but not written to is of no use. */
    private void answered() {
        if (standing.get() instanceof Answering(_, long failedAt) && failedAt != 0) {
            standing.updateAndGet(now -> now instanceof Answering(long outages, _) ? new Answering(outages, 0) : now);
        }
    }

    private void failed(String cause) {
        long now = time.now();
        Standing before = standing.getAndUpdate(current -> afterFailure(current, now));
        if (before instanceof Answering && afterFailure(before, now) instanceof Down) {
            listener.on(new DispatchEvent.StoreDown("all", cause));
        }
    }

    private static Standing afterFailure(Standing standing, long now) {
        return switch (standing) {
            case Answering(long outages, long failedAt) ->
                now - failedAt < FAILURE_MEMORY ? new Down(outages + 1, now, now) : new Answering(outages, now);
            case Down down -> down;
        };
    }

    /** Tries a store that is down, if a try is due and nobody else makes it. */
    void tryAgain() {
        if (!(standing.get() instanceof Down down) || time.age(down.tried()) < RETRY_INTERVAL) {
            return;
        }
        Down trying = new Down(down.outage(), down.since(), time.now());
        if (!standing.compareAndSet(down, trying)) {
            return;
        }
        switch (store.update(PROBED, PROBE)) {
            case UpdateResult.Unknown(String cause) -> listener.on(new DispatchEvent.StoreStillDown("all", cause));
            case UpdateResult.Applied _,UpdateResult.Rejected _,UpdateResult.Throttled _ -> up(down.outage());
        }
    }

    private void up(long outage) {
        Standing before = standing.getAndUpdate(
                now -> now instanceof Down down && down.outage() == outage ? new Answering(outage, 0) : now);
        if (before instanceof Down down && down.outage() == outage) {
            listener.on(new DispatchEvent.StoreUp("all", time.now() - down.since()));
        }
    }
}
