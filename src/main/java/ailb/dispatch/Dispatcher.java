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
 * Sends requests to the endpoints of a pool. Keeps nothing of a request, but for seconds where an endpoint's item gets too
 * many writes; what it knows of the endpoints is a view of the shared state. Safe for use by many threads.
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

    /** @param modes how the items are written to while the store answers */
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
     * Has one request answered whole, and returns before the deadline; or after it by what the state store takes to be
     * told of the last call, where it takes longer than usual.
     *
     * @param request that does not ask for a stream
     * @throws InterruptedException when the calling thread is interrupted
     */
    public DispatchResult dispatch(ModelRequest request, Deadline deadline) throws InterruptedException {
        return new RequestRun(fallback, request, deadline, null).run();
    }

    /**
     * Has one request answered by a stream of events, and returns when its last event is sent, before the deadline as
     * above.
     *
     * @param request that asks for a stream
     * @param caller is sent the events; and, if it has been sent the head only, it is to be told of any result but
     *     {@link DispatchResult.Streamed} and {@link DispatchResult.HungUp}
     * @throws InterruptedException when the calling thread is interrupted; the call to the provider is ended then
     */
    public DispatchResult dispatch(ModelRequest request, Deadline deadline, StreamCaller caller)
            throws InterruptedException {
        return new RequestRun(fallback, request, deadline, caller).run();
    }

    /**
     * Starts to make calls of batches, all of which end before the deadline.
     *
     * @param replies that the calls share; see {@link BatchCall#releaseReply}
     */
    public BatchCalls batch(Deadline deadline, ReplyBudget replies) {
        return new BatchCalls(fallback, deadline, replies);
    }

    /** What is known of the endpoints: the shared state or, while its store is down, what this instance has learnt. */
    public PoolView view() {
        return fallback.current().view();
    }

    /** What is to be done about an endpoint's key, where there is none; empty too where nobody can tell now. */
    public Optional<String> missingKey(Endpoint endpoint) {
        return fallback.shared().keys().get(endpoint.apiKey()) instanceof ApiKeys.Missing(String remedy)
                ? Optional.of(remedy)
                : Optional.empty();
    }

    /**
     * Since when the state store is down and this instance goes on with its share of each limit, nanoseconds since the
     * epoch; empty while the store answers.
     */
    public OptionalLong storeDownSince() {
        return fallback.storeDownSince();
    }
}
