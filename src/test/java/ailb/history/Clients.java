package ailb.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Clients that use one object at the same time, and the history of what they did. */
public final class Clients<I, O> {

    private final int number;
    private final AtomicLong ticks = new AtomicLong();
    private final CountDownLatch allAsk;
    private final Queue<Operation<I, O>> history = new ConcurrentLinkedQueue<>();

    public Clients(int number) {
        this.number = number;
        this.allAsk = new CountDownLatch(number);
    }

    /** What one client does, from the first operation to the last. */
    @FunctionalInterface
    public interface Client {

        void run(int number) throws Exception;
    }

    /** Runs all of them, each in a thread of its own, to their ends. Each must do at least one operation. */
    public List<Operation<I, O>> run(Client client) throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int each = 0; each < number; each++) {
                int one = each;
                running.add(executor.submit(() -> {
                    client.run(one);
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        }
        return List.copyOf(history);
    }

    /**
     * Does an operation and notes it. The first ones wait for each other, so that those of all clients overlap.
     *
     * @param isAnswer whether what came back tells what was done
     */
    public O perform(I input, Supplier<O> operation, Predicate<O> isAnswer) {
        long asked = ticks.getAndIncrement();
        allAsk.countDown();
        await(allAsk);
        O output = operation.get();
        history.add(
                isAnswer.test(output)
                        ? new Operation<>(asked, ticks.getAndIncrement(), input, Optional.of(output))
                        : new Operation<>(asked, Operation.NEVER, input, Optional.empty()));
        return output;
    }

    /** Waits, and no longer than a minute. */
    public static void await(CountDownLatch latch) {
        try {
            if (!latch.await(1, TimeUnit.MINUTES)) {
                throw new AssertionError("the others did not come");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
