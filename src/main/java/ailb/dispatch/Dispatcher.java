package ailb.dispatch;

import ailb.health.Breaker;
import ailb.pool.Pool;
import ailb.protocol.ChatRequest;
import ailb.selection.Selection;
import ailb.state.StateStore;
import java.util.random.RandomGenerator;

/**
 * Sends requests to the endpoints of a pool. Keeps nothing of a request; what it knows of the endpoints is a view of
 * the shared state. Safe for use by many threads.
 */
public final class Dispatcher {

    private final Parts parts;

    /** @param random used by many threads at once */
    public Dispatcher(
            Pool pool,
            StateStore store,
            Upstream upstream,
            ApiKeys keys,
            TimeSource time,
            RandomGenerator random,
            DispatchListener listener) {
        PoolView view = new PoolView(pool, store, time, listener);
        this.parts = new Parts(
                pool,
                upstream,
                keys,
                time,
                random,
                listener,
                view,
                new Gate(pool, store, view, time, listener),
                new Settler(new Breaker(pool.settings().health()), store, view, time, random, listener),
                new Selection(pool.settings().routing().latency()));
    }

    /** What every request is served with. */
    record Parts(
            Pool pool,
            Upstream upstream,
            ApiKeys keys,
            TimeSource time,
            RandomGenerator random,
            DispatchListener listener,
            PoolView view,
            Gate gate,
            Settler settler,
            Selection selection) {}

    /**
     * Has one request answered, and returns before the deadline.
     *
     * @throws InterruptedException when the calling thread is interrupted
     */
    public DispatchResult dispatch(ChatRequest request, Deadline deadline) throws InterruptedException {
        return new RequestRun(parts, request, deadline).run();
    }

    /** What is known of the shared state, for showing it. */
    public PoolView view() {
        return parts.view();
    }
}
