package ailb.local;

import ailb.aws.LocalSqs;
import ailb.aws.SqsQueues;
import ailb.batch.BatchQueue;
import ailb.batch.BatchWorker;
import ailb.batch.InMemoryBatchQueue.DeadLetter;
import ailb.batch.QueueMessage;
import ailb.port.Deadline;
import ailb.port.TimeSource;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The queue of batches on a laptop, in memory, and what Lambda's event source does with one: it collects messages for up
 * to a second, has them worked on, and deletes those that are done.
 */
final class LocalQueue implements AutoCloseable {

    /** As in template.yaml. */
    private static final int BATCH_SIZE = 100;
    private static final Duration WINDOW = Duration.ofSeconds(1);
    private static final Duration VISIBILITY = Duration.ofMinutes(30);
    /** The function's timeout, less what its handler keeps back. */
    private static final Duration INVOCATION = Duration.ofSeconds(298);

    /** What SQS hands out at a time. */
    private static final int AT_ONCE = 10;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final System.Logger LOG = System.getLogger(LocalQueue.class.getName());

    private final SqsQueues queues = SqsQueues.create(LocalSqs.client());
    private final ExecutorService invocations = Executors.newVirtualThreadPerTaskExecutor();
    private final Consumer<String> deadLettered;
    private @Nullable Thread poller;

    private LocalQueue(Consumer<String> deadLettered) {
        this.deadLettered = deadLettered;
    }

    /**
     * An empty queue that nobody works on yet.
     *
     * @param deadLettered told the reason of each dead letter: nobody watches the queue they go to
     */
    static LocalQueue start(Consumer<String> deadLettered) {
        return new LocalQueue(deadLettered);
    }

    BatchQueue queue() {
        return new Announced(queues.queue(), deadLettered);
    }

    private record Announced(BatchQueue queue, Consumer<String> deadLettered) implements BatchQueue {

        @Override
        public void send(List<String> bodies, Duration delay) {
            queue.send(bodies, delay);
        }

        @Override
        public void hide(QueueMessage message, Duration time) {
            queue.hide(message, time);
        }

        @Override
        public void deadLetter(QueueMessage message, String reason) {
            queue.deadLetter(message, reason);
            deadLettered.accept(reason);
        }
    }

    /** The URL that a client of SQS sends messages to. */
    String url() {
        return queues.url();
    }

    /** The URL that a client of SQS finds dead letters at. */
    String deadLettersUrl() {
        return queues.deadLettersUrl();
    }

    /** Messages that are not done: about so many. */
    int size() {
        return queues.size();
    }

    /** The dead letters, up to 10. */
    List<DeadLetter> deadLetters() {
        return queues.deadLetters();
    }

    /**
     * Has messages worked on until this is closed. To be called once.
     *
     * @param atOnce most invocations at once
     */
    void work(BatchWorker worker, int atOnce, TimeSource time) {
        poller = Thread.ofVirtual().name("batches").start(() -> poll(worker, new Semaphore(atOnce), time));
    }

    private void poll(BatchWorker worker, Semaphore free, TimeSource time) {
        try {
            while (true) {
                free.acquire();
                List<QueueMessage> messages = collect(time);
                invocations.execute(() -> {
                    try {
                        invoke(worker, messages, time);
                    } finally {
                        free.release();
                    }
                });
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** As many messages as come within the window that the first one opens. */
    private List<QueueMessage> collect(TimeSource time) throws InterruptedException {
        List<QueueMessage> messages = new ArrayList<>(receive(AT_ONCE, time));
        while (messages.isEmpty()) {
            messages.addAll(receive(AT_ONCE, time));
        }
        long end = time.monotonic() + WINDOW.toNanos();
        while (messages.size() < BATCH_SIZE && time.monotonic() < end) {
            messages.addAll(receive(Math.min(AT_ONCE, BATCH_SIZE - messages.size()), time));
        }
        return List.copyOf(messages);
    }

    private List<QueueMessage> receive(int max, TimeSource time) throws InterruptedException {
        try {
            return queues.receive(max, VISIBILITY, WINDOW);
        } catch (RuntimeException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LOG.log(Level.WARNING, "the queue hands nothing out", e);
            time.sleep(PAUSE.toNanos());
            return List.of();
        }
    }

    private void invoke(BatchWorker worker, List<QueueMessage> messages, TimeSource time) {
        try {
            Set<String> notDone = worker.process(messages, Deadline.in(INVOCATION, time));
            Set<String> ids = messages.stream().map(QueueMessage::id).collect(Collectors.toSet());
            // Lambda leaves all of them when an id is none of theirs.
            if (ids.containsAll(notDone)) {
                messages.stream().filter(message -> !notDone.contains(message.id())).forEach(queues::delete);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a bug in the balancer", e);
        }
    }

    /** Hands nothing more out, lets invocations under way end within 2 s, and forgets all messages. */
    @Override
    public void close() {
        if (poller != null) {
            poller.interrupt();
            await(poller);
        }
        invocations.shutdown();
        if (!ended()) {
            invocations.shutdownNow();
            ended();
        }
        queues.close();
    }

    private boolean ended() {
        try {
            return invocations.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void await(Thread thread) {
        try {
            thread.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
