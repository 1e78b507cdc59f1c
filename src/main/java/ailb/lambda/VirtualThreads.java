package ailb.lambda;

import ailb.port.FatalError;
import ailb.port.Tasks;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs each task on a virtual thread of its own. */
public final class VirtualThreads implements Tasks {

    @Override
    public <T> Group<T> group() {
        return new Threads<>();
    }

    private static final class Threads<T> implements Group<T> {

        private final CompletionService<T> tasks =
                new ExecutorCompletionService<>(task -> Thread.ofVirtual().start(LogNames.kept(task)));

        private int pending;

        @Override
        public void start(Callable<T> task) {
            Future<T> _ = tasks.submit(task);
            pending++;
        }

        @Override
        public Optional<T> next(long nanos) throws InterruptedException {
            Future<T> ended = tasks.poll(nanos, TimeUnit.NANOSECONDS);
            if (ended == null) {
                return Optional.empty();
            }
            pending--;
            try {
                return Optional.of(ended.get());
            } catch (ExecutionException e) {
                FatalError.rethrow(Objects.requireNonNullElse(e.getCause(), e));
                throw new IllegalStateException("a task failed", e.getCause());
            }
        }

        @Override
        public int pending() {
            return pending;
        }
    }
}
