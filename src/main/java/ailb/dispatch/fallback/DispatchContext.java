package ailb.dispatch.fallback;

import ailb.dispatch.coalesce.WriteCoalescer;
import ailb.dispatch.coalesce.WriteModes;
import ailb.dispatch.permit.OutcomeRecorder;
import ailb.dispatch.permit.PermitIssuer;
import ailb.dispatch.permit.PoolView;
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
public record DispatchContext(
        Pool pool,
        Upstream upstream,
        ApiKeys keys,
        TimeSource time,
        RandomGenerator random,
        DispatchListener listener,
        PoolView view,
        PermitIssuer issuer,
        OutcomeRecorder recorder,
        WriteCoalescer coalescer,
        Selection selection) {

    /**
     * A context with one store.
     *
     * @param share the share of each endpoint's limits to use, above 0 and at most 1
     * @param modes how to write to the items
     */
    public static DispatchContext of(
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
        OutcomeRecorder recorder = new OutcomeRecorder(breaker, store, view, time, random, listener);
        return new DispatchContext(
                pool,
                upstream,
                keys,
                time,
                random,
                listener,
                view,
                new PermitIssuer(pool, store, view, time, listener, share),
                recorder,
                new WriteCoalescer(modes, recorder, view, time, listener),
                new Selection(pool.settings().routing().latency()));
    }
}
