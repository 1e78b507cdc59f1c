package ailb.lambda;

import ailb.api.Api;
import ailb.api.ClientKeys;
import ailb.dispatch.ApiKeys;
import ailb.dispatch.DispatchListener;
import ailb.dispatch.Dispatcher;
import ailb.dispatch.TimeSource;
import ailb.dispatch.Upstream;
import ailb.pool.Pool;
import ailb.state.StateStore;
import java.util.random.RandomGenerator;

/** The composition root: what every front is made of, whichever ports it brings. */
public final class Wiring {

    private Wiring() {}

    /** @param random used by many threads at once */
    public static Api api(
            Pool pool,
            StateStore store,
            Upstream upstream,
            ApiKeys apiKeys,
            ClientKeys clientKeys,
            TimeSource time,
            RandomGenerator random,
            DispatchListener listener) {
        Dispatcher dispatcher = new Dispatcher(pool, store, upstream, apiKeys, time, random, listener);
        return new Api(pool, dispatcher, clientKeys, time, random);
    }
}
