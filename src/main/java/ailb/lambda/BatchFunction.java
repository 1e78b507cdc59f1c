package ailb.lambda;

import ailb.batch.BatchWorker;
import ailb.batch.QueueMessage;
import ailb.dispatch.Deadline;
import ailb.dispatch.TimeSource;
import java.util.List;
import java.util.Set;

/**
 * The parts of the function that works off batches, put together once an instance.
 *
 * @param hooks what to do around a snapshot; held here, since the registry holds it weakly
 */
record BatchFunction(BatchWorker worker, TimeSource time, SnapshotHooks hooks) implements BatchWorker {

    @SuppressWarnings("DoNotCallSuggester") // until there is a worker to put together
    static BatchFunction ofEnvironment() {
        throw new UnsupportedOperationException("batches are not wired yet");
    }

    @Override
    public Set<String> process(List<QueueMessage> messages, Deadline deadline) throws InterruptedException {
        return worker.process(messages, deadline);
    }
}
