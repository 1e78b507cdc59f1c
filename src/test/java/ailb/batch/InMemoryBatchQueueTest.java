package ailb.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.batch.InMemoryBatchQueue.DeadLetter;
import ailb.port.SteppedTime;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InMemoryBatchQueueTest extends BatchQueueContract {

    private final SteppedTime time = new SteppedTime(1_800_000_000_000_000_000L);
    private final InMemoryBatchQueue queue = new InMemoryBatchQueue(time, new Random(5));

    @Override
    protected BatchQueue queue() {
        return queue;
    }

    @Override
    protected List<QueueMessage> receive(int max, Duration visibility) {
        return queue.receive(max, visibility);
    }

    @Override
    protected void delete(QueueMessage message) {
        queue.delete(message);
    }

    @Override
    protected List<DeadLetter> deadLetters() {
        return queue.deadLetters();
    }

    @Override
    protected long now() {
        return time.now();
    }

    @Test
    void timesEndByItsClock() {
        queue.send(List.of("a"), Duration.ofSeconds(5));
        assertThat(queue.receive(1, Duration.ofSeconds(3))).isEmpty();
        time.pass(Duration.ofSeconds(5));
        assertThat(queue.receive(1, Duration.ofSeconds(3))).hasSize(1);
        assertThat(queue.nextDue()).hasValue(time.now() + 3_000_000_000L);
        assertThat(queue.receive(1, Duration.ofSeconds(3))).isEmpty();
        time.pass(Duration.ofSeconds(3));
        assertThat(queue.receive(1, Duration.ofSeconds(3))).hasSize(1);
        assertThat(queue.size()).isOne();
    }

    @Test
    void theOrderIsDrawnByLot() {
        List<String> bodies = IntStream.range(0, 20).mapToObj(Integer::toString).toList();
        queue.send(bodies, Duration.ZERO);

        assertThat(queue.receive(20, Duration.ZERO)).extracting(QueueMessage::body)
                .containsExactlyInAnyOrderElementsOf(bodies)
                .isNotEqualTo(bodies);
    }

    @Test
    void aMessageMayComeTwice() {
        InMemoryBatchQueue twice = new InMemoryBatchQueue(time, new Random(5), 1);
        twice.send(List.of("a"), Duration.ZERO);
        QueueMessage first = twice.receive(1, Duration.ofMinutes(1)).getFirst();
        QueueMessage second = twice.receive(1, Duration.ofMinutes(1)).getFirst();
        twice.delete(first);

        assertThat(twice.size()).as("an old receipt deletes nothing").isOne();
        assertThatThrownBy(() -> twice.hide(first, Duration.ZERO)).isInstanceOf(BatchQueueException.class);
        twice.delete(second);
        assertThat(twice.size()).isZero();
    }
}
