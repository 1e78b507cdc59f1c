package ailb.lambda;

import ailb.api.Api;
import ailb.api.ClientKeys;
import ailb.batch.BatchProcessor;
import ailb.batch.BatchQueue;
import ailb.batch.BatchStore;
import ailb.batch.BatchWorker;
import ailb.dispatch.ApiKeys;
import ailb.dispatch.DispatchListener;
import ailb.dispatch.Dispatcher;
import ailb.dispatch.TimeSource;
import ailb.dispatch.Upstream;
import ailb.pool.Pool;
import ailb.state.StateStore;
import java.time.Duration;
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

    /**
     * What works off batches.
     *
     * @param random used by many threads at once
     * @param resultsKept how long the results of messages are kept that somebody put on the queue
     */
    public static BatchWorker worker(
            Pool pool,
            StateStore store,
            Upstream upstream,
            ApiKeys apiKeys,
            BatchStore batches,
            BatchQueue queue,
            TimeSource time,
            RandomGenerator random,
            DispatchListener listener,
            Duration resultsKept) {
        Dispatcher dispatcher = new Dispatcher(pool, store, upstream, apiKeys, time, random, listener);
        return new BatchProcessor(
                pool, dispatcher, batches, queue, new VirtualThreads(), time, random, resultsKept);
    }
}
