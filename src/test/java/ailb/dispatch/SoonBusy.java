package ailb.dispatch;

import ailb.admission.Observation;
import ailb.pool.Pool;
import ailb.state.StateStore;
import java.util.random.RandomGenerator;

/** Takes items for busy at few of the calls that make them so. */
public final class SoonBusy {

    private static final double SHARE = 0.003;

    private SoonBusy() {}

    public static Dispatcher dispatcher(
            Pool pool,
            StateStore store,
            Upstream upstream,
            ApiKeys keys,
            TimeSource time,
            RandomGenerator random,
            DispatchListener listener) {
        WriteModes modes = new WriteModes(time);
        return new Dispatcher(
                pool, store, upstream, keys, time, random, listener,
                (endpoint, seen) -> modes.of(
                        endpoint, new Observation(seen.state(), seen.age(), seen.callsPerSecond() / SHARE)));
    }
}
