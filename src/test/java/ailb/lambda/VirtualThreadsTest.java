package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.port.Tasks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VirtualThreadsTest {

    private static final long LONG = Duration.ofMinutes(1).toNanos();

    private final Tasks.Group<Integer> group = new VirtualThreads().group();

    @Test
    void aGroupWithoutTasksHasNoneToTellOf() throws InterruptedException {
        assertThat(group.pending()).isZero();
        assertThat(group.next(0)).isEmpty();
        assertThat(group.next(-1)).isEmpty();
        assertThat(group.next(1)).isEmpty();
    }

    @Test
    void everyTaskIsToldOfOnce() throws InterruptedException {
        IntStream.range(0, 100).forEach(number -> group.start(() -> number));
        assertThat(group.pending()).isEqualTo(100);

        List<Integer> told = IntStream.range(0, 100).mapToObj(_ -> next()).flatMap(Optional::stream).toList();

        assertThat(told).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 100).boxed().toList());
        assertThat(group.pending()).isZero();
        assertThat(group.next(0)).isEmpty();
    }

    @Test
    void tasksRunBesideEachOtherAndTheFirstToEndIsToldOfFirst() throws InterruptedException {
        CountDownLatch told = new CountDownLatch(1);
        group.start(() -> {
            told.await();
            return 1;
        });
        group.start(() -> 2);

        assertThat(group.next(LONG)).contains(2);
        assertThat(group.next(0)).isEmpty();
        assertThat(group.pending()).isEqualTo(1);
        told.countDown();
        assertThat(group.next(Long.MAX_VALUE)).contains(1);
    }

    @Test
    void eachTaskHasAVirtualThreadOfItsOwn() throws InterruptedException {
        Tasks.Group<Thread> threads = new VirtualThreads().group();
        threads.start(Thread::currentThread);
        threads.start(Thread::currentThread);

        Thread first = threads.next(LONG).orElseThrow();
        Thread second = threads.next(LONG).orElseThrow();

        assertThat(first).isNotSameAs(second).matches(Thread::isVirtual).isNotSameAs(Thread.currentThread());
    }

    @Test
    void groupsDoNotTellOfEachOthersTasks() throws InterruptedException {
        Tasks.Group<Integer> other = new VirtualThreads().group();
        other.start(() -> 1);

        assertThat(other.next(LONG)).contains(1);
        assertThat(group.next(0)).isEmpty();
    }

    @Test
    void aTaskThatThrowsIsABugThatShows() {
        group.start(() -> {
            throw new IllegalArgumentException("a bug");
        });

        assertThatThrownBy(() -> group.next(LONG)).hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(group.pending()).isZero();
    }

    /** Nobody goes on after it; a stack that overflows is a fault of the task alone. */
    @Test
    void memoryThatIsUsedUpIsThrownOn() {
        OutOfMemoryError error = new OutOfMemoryError("Java heap space");
        group.start(() -> {
            throw error;
        });

        assertThatThrownBy(() -> group.next(LONG)).isSameAs(error);

        group.start(() -> {
            throw new StackOverflowError();
        });
        assertThatThrownBy(() -> group.next(LONG)).hasCauseInstanceOf(StackOverflowError.class);
    }

    @Test
    void whoWaitsCanBeInterrupted() {
        group.start(() -> {
            new CountDownLatch(1).await();
            return 1;
        });
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> group.next(LONG)).isInstanceOf(InterruptedException.class);
    }

    private Optional<Integer> next() {
        try {
            return group.next(LONG);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
