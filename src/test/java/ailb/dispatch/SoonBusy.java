package ailb.dispatch;

import ailb.dispatch.coalesce.WriteModes;
import ailb.pool.Pool;
import ailb.port.ApiKeys;
import ailb.port.DispatchListener;
import ailb.port.TimeSource;
import ailb.port.Upstream;
import ailb.state.StateStore;
import java.util.random.RandomGenerator;

/** A dispatcher that believes an item takes few writes, so that a small fleet keeps it busy. */
public final class SoonBusy {

    private static final double ITEM_WRITES = 3;

    private SoonBusy() {}

    public static Dispatcher dispatcher(
            Pool pool,
            StateStore store,
            Upstream upstream,
            ApiKeys keys,
            TimeSource time,
            RandomGenerator random,
            DispatchListener listener) {
        return new Dispatcher(
                pool, store, upstream, keys, time, random, listener, new WriteModes(time, ITEM_WRITES));
    }
}
