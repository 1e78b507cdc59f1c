package ailb.dispatch;

import ailb.dispatch.coalesce.WriteModes;
import ailb.dispatch.fallback.DispatchContext;
import ailb.dispatch.fallback.LocalAdmissions;
import ailb.dispatch.fallback.StateFallback;
import ailb.dispatch.fallback.StoreWatch;
import ailb.dispatch.permit.PoolView;
import ailb.pool.Endpoint;
import ailb.pool.Pool;
import ailb.port.ApiKeys;
import ailb.port.Deadline;
import ailb.port.DispatchListener;
import ailb.port.ReplyBudget;
import ailb.port.TimeSource;
import ailb.port.Upstream;
import ailb.protocol.ModelRequest;
import ailb.state.StateStore;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * Sends requests to the endpoints of a pool. What it knows of the endpoints is a view of the shared state. It keeps
 * nothing of a request, except for seconds where an endpoint's item gets too many writes. Safe for use by many threads.
 */
public final class Dispatcher {

    private final StateFallback fallback;

    /** @param random used by many threads at once */
    public Dispatcher(
            Pool pool,
            StateStore store,
            Upstream upstream,
            ApiKeys keys,
            TimeSource time,
            RandomGenerator random,
            DispatchListener listener) {
        this(pool, store, upstream, keys, time, random, listener, new WriteModes(time));
    }

    /** @param modes how to write to the items while the store answers */
    Dispatcher(
            Pool pool,
            StateStore store,
            Upstream upstream,
            ApiKeys keys,
            TimeSource time,
            RandomGenerator random,
            DispatchListener listener,
            WriteModes modes) {
        DispatchListener all = both(modes, listener);
        StoreWatch watch = new StoreWatch(store, time, all);
        LocalAdmissions own = new LocalAdmissions(time);
        DispatchContext shared =
                DispatchContext.of(pool, watch, upstream, keys, time, random, both(own, all), _ -> 1, modes::of);
        this.fallback = new StateFallback(
                shared, watch, own,
                (items, share) -> DispatchContext.of(
                        pool, items, upstream, keys, time, random, all, share, (_, _) -> WriteModes.Mode.PLAIN));
    }

    private static DispatchListener both(DispatchListener first, DispatchListener second) {
        return event -> {
            first.on(event);
            second.on(event);
        };
    }

    /**
     * Has one request answered whole. Returns before the deadline, unless the state store takes unusually long to
     * record the last call.
     *
     * @param request that does not ask for a stream
     * @throws InterruptedException when the calling thread is interrupted
     */
    public DispatchResult dispatch(ModelRequest request, Deadline deadline) throws InterruptedException {
        return new RequestRun(fallback, request, deadline, null).run();
    }

    /**
     * Has one request answered by a stream of events. Returns when the last event is sent, before the deadline as
     * above.
     *
     * @param request that asks for a stream
     * @param caller gets the events. Any result other than {@link DispatchResult.Streamed} and {@link
     *     DispatchResult.HungUp} is for the caller of this method to send, even after the head
     * @throws InterruptedException when the calling thread is interrupted; the call to the provider is ended then
     */
    public DispatchResult dispatch(ModelRequest request, Deadline deadline, StreamCaller caller)
            throws InterruptedException {
        return new RequestRun(fallback, request, deadline, caller).run();
    }

    /**
     * Begins to make calls of batches. All of them end before the deadline.
     *
     * @param replies that the calls share; see {@link BatchCall#releaseReply}
     */
    public BatchCalls batch(Deadline deadline, ReplyBudget replies) {
        return new BatchCalls(fallback, deadline, replies);
    }

    /** What this instance knows of the endpoints: the shared state or, while its store is down, its own. */
    public PoolView view() {
        return fallback.current().view();
    }

    /** How to put an endpoint's missing key. Empty if the key is there, and if the key store does not answer. */
    public Optional<String> missingKey(Endpoint endpoint) {
        return fallback.shared().keys().get(endpoint.apiKey()) instanceof ApiKeys.Missing(String remedy)
                ? Optional.of(remedy)
                : Optional.empty();
    }

    /** Since when the state store has been down, nanoseconds since the epoch; empty while it answers. */
    public OptionalLong storeDownSince() {
        return fallback.storeDownSince();
    }
}
