package ailb.local;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.batch.BatchWorker;
import ailb.batch.InMemoryBatchQueue.DeadLetter;
import ailb.batch.QueueMessage;
import ailb.lambda.SystemTime;
import ailb.port.Deadline;
import ailb.port.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LocalQueueTest {

    private final TimeSource time = new SystemTime();
    private final Queue<String> deadLettered = new ConcurrentLinkedQueue<>();
    private final LocalQueue local = LocalQueue.start(deadLettered::add);
    private final BlockingQueue<QueueMessage> given = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        local.close();
    }

    @Test
    void whatIsDoneIsDeleted() throws InterruptedException {
        List<String> bodies = IntStream.range(0, 130).mapToObj("{\"line\":%d}"::formatted).toList();
        Queue<Integer> sizes = new ConcurrentLinkedQueue<>();
        local.queue().send(bodies, Duration.ZERO);
        local.work((messages, deadline) -> {
            sizes.add(messages.size());
            assertThat(deadline.remaining(time)).isBetween(200_000_000_000L, 298_000_000_000L);
            given.addAll(messages);
            return Set.of();
        }, 4, time);

        assertThat(take(130)).extracting(QueueMessage::body).containsExactlyInAnyOrderElementsOf(bodies);
        awaitEmptyQueue();
        assertThat(sizes).allSatisfy(size -> assertThat(size).isBetween(1, 100));
    }

    @Test
    void whatIsNotDoneComesAgain() throws InterruptedException {
        local.queue().send(List.of("done", "later"), Duration.ZERO);
        local.work((messages, _) -> {
            given.addAll(messages);
            return laterAtFirst(messages);
        }, 4, time);

        assertThat(take(3)).extracting(message -> message.body() + " " + message.receives())
                .containsExactlyInAnyOrder("done 1", "later 1", "later 2");
        awaitEmptyQueue();
    }

    private Set<String> laterAtFirst(List<QueueMessage> messages) {
        List<QueueMessage> notDone = messages.stream()
                .filter(message -> message.body().equals("later") && message.receives() == 1)
                .toList();
        notDone.forEach(message -> local.queue().hide(message, Duration.ZERO));
        return notDone.stream().map(QueueMessage::id).collect(Collectors.toSet());
    }

    @Test
    void aWorkerThatFailsLeavesItsMessagesAndIsCalledAgain() throws InterruptedException {
        local.queue().send(List.of("hard"), Duration.ZERO);
        local.work((messages, _) -> {
            given.addAll(messages);
            if (messages.getFirst().receives() == 1) {
                local.queue().hide(messages.getFirst(), Duration.ZERO);
                throw new IllegalStateException("a bug");
            }
            return Set.of();
        }, 1, time);

        assertThat(take(2)).extracting(QueueMessage::receives).containsExactly(1, 2);
        awaitEmptyQueue();
    }

    @Test
    void anIdThatIsNoneOfTheMessagesLeavesAll() throws InterruptedException {
        local.queue().send(List.of("one"), Duration.ZERO);
        local.work((messages, _) -> {
            given.addAll(messages);
            if (messages.getFirst().receives() > 1) {
                return Set.of();
            }
            local.queue().hide(messages.getFirst(), Duration.ZERO);
            return Set.of("another");
        }, 1, time);

        assertThat(take(2)).extracting(QueueMessage::receives).containsExactly(1, 2);
        awaitEmptyQueue();
    }

    @Test
    void soManyInvocationsAtOnceAndNoMore() throws InterruptedException {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch both = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        local.queue().send(IntStream.range(0, 320).mapToObj(Integer::toString).toList(), Duration.ZERO);
        local.work((messages, _) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            both.countDown();
            go.await();
            running.decrementAndGet();
            given.addAll(messages);
            return Set.of();
        }, 2, time);

        assertThat(both.await(30, TimeUnit.SECONDS)).isTrue();
        go.countDown();
        take(320);
        assertThat(most).hasValue(2);
    }

    @Test
    void deadLettersAreKeptAndTold() throws InterruptedException {
        local.queue().send(List.of("bad"), Duration.ZERO);
        local.work((messages, _) -> {
            messages.forEach(message -> local.queue().deadLetter(message, "no JSON"));
            return Set.of();
        }, 1, time);
        awaitEmptyQueue();

        assertThat(local.deadLetters()).containsExactly(new DeadLetter("bad", "no JSON"));
        assertThat(deadLettered).containsExactly("no JSON");
    }

    @Test
    void closingInterruptsAWorkerThatDoesNotEnd() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        BatchWorker endless = new BatchWorker() {
            @Override
            public Set<String> process(List<QueueMessage> messages, Deadline deadline) throws InterruptedException {
                begun.countDown();
                try {
                    new CountDownLatch(1).await();
                } finally {
                    interrupted.countDown();
                }
                return Set.of();
            }
        };
        try (LocalQueue closed = LocalQueue.start(_ -> {})) {
            closed.queue().send(List.of("endless"), Duration.ZERO);
            closed.work(endless, 1, time);
            begun.await();
        }

        assertThat(interrupted.getCount()).isZero();
    }

    @Test
    void anIdleOneClosesAtOnce() {
        LocalQueue idle = LocalQueue.start(_ -> {});
        idle.work((_, _) -> Set.of(), 4, time);
        long start = System.nanoTime();
        idle.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    }

    private List<QueueMessage> take(int number) throws InterruptedException {
        List<QueueMessage> messages = new ArrayList<>();
        while (messages.size() < number) {
            messages.add(given.take());
        }
        return messages;
    }

    private void awaitEmptyQueue() throws InterruptedException {
        while (local.size() > 0) {
            Thread.sleep(1);
        }
        assertThat(given).as("given without need").isEmpty();
    }
}
