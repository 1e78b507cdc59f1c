package ailb.lambda;

import ailb.api.AnswerLimits;
import ailb.api.Api;
import ailb.api.CallerKeys;
import ailb.api.RefusedKeys;
import ailb.batch.BatchProcessor;
import ailb.batch.BatchQueue;
import ailb.batch.BatchStore;
import ailb.batch.BatchWorker;
import ailb.batch.Batches;
import ailb.dispatch.Dispatcher;
import ailb.pool.Pool;
import ailb.port.ApiKeys;
import ailb.port.DispatchListener;
import ailb.port.ReplyBudget;
import ailb.port.TimeSource;
import ailb.port.Upstream;
import ailb.state.StateStore;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** The composition root: puts the ports and rules together, for the deployed functions and for the laptop. */
public final class Wiring {

    /** Replies to calls of batches may take 1/{@value} of the heap. */
    private static final int REPLIES = 8;

    private Wiring() {}

    /**
     * @param random used by many threads at once
     * @param ids what the ids that callers get are made of, which nobody may foresee; used by many threads at once
     * @param results how long batches and their results are kept
     */
    public static Api api(
            Pool pool,
            StateStore store,
            Upstream upstream,
            ApiKeys apiKeys,
            CallerKeys callerKeys,
            BatchStore batchStore,
            BatchQueue batchQueue,
            Duration results,
            TimeSource time,
            RandomGenerator random,
            RandomGenerator ids,
            AnswerLimits answers,
            RefusedKeys refusedKeys,
            DispatchListener listener) {
        Dispatcher dispatcher = new Dispatcher(pool, store, upstream, apiKeys, time, random, listener);
        Batches batches = new Batches(batchStore, batchQueue, pool, time, ids, results);
        return new Api(pool, dispatcher, callerKeys, batches, time, ids, answers, refusedKeys);
    }

    /**
     * What works on batches.
     *
     * @param random used by many threads at once
     * @param results how long results of messages are kept that somebody put on the queue directly
     */
    public static BatchWorker worker(
            Pool pool,
            StateStore store,
            Upstream upstream,
            ApiKeys apiKeys,
            BatchStore batchStore,
            BatchQueue batchQueue,
            Duration results,
            TimeSource time,
            RandomGenerator random,
            DispatchListener listener) {
        Dispatcher dispatcher = new Dispatcher(pool, store, upstream, apiKeys, time, random, listener);
        return new BatchProcessor(
                pool, dispatcher, batchStore, batchQueue, new VirtualThreads(), time, random, results,
                new ReplyBudget(Runtime.getRuntime().maxMemory() / REPLIES));
    }
}
