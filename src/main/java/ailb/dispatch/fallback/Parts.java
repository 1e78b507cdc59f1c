package ailb.dispatch.fallback;

import ailb.dispatch.coalesce.Thrift;
import ailb.dispatch.coalesce.WriteModes;
import ailb.dispatch.permit.Gate;
import ailb.dispatch.permit.PoolView;
import ailb.dispatch.permit.Settler;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.Pool;
import ailb.port.ApiKeys;
import ailb.port.DispatchListener;
import ailb.port.TimeSource;
import ailb.port.Upstream;
import ailb.selection.Selection;
import ailb.state.StateStore;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/** What every request is served with. */
public record Parts(
        Pool pool,
        Upstream upstream,
        ApiKeys keys,
        TimeSource time,
        RandomGenerator random,
        DispatchListener listener,
        PoolView view,
        Gate gate,
        Settler settler,
        Thrift thrift,
        Selection selection) {

    /**
     * Parts that work on one store.
     *
     * @param share share of its limits that each endpoint may be used to, above 0 and at most 1
     * @param modes how the items are written to
     */
    public static Parts of(
            Pool pool,
            StateStore store,
            Upstream upstream,
            ApiKeys keys,
            TimeSource time,
            RandomGenerator random,
            DispatchListener listener,
            ToDoubleFunction<Endpoint> share,
            WriteModes.Rule modes) {
        PoolView view = new PoolView(pool, store, time, listener);
        Breaker breaker = new Breaker(pool.settings().health());
        Settler settler = new Settler(breaker, store, view, time, random, listener);
        return new Parts(
                pool,
                upstream,
                keys,
                time,
                random,
                listener,
                view,
                new Gate(pool, store, view, time, listener, share),
                settler,
                new Thrift(modes, settler, view, time, listener),
                new Selection(pool.settings().routing().latency()));
    }
}
