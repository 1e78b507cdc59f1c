package ailb.batch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.port.SteppedTime;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RequeueTest {

    private static final long NOW = 1_800_000_000_000_000_000L;
    private static final Duration HIDDEN = Duration.ofMinutes(30);

    private final SteppedTime time = new SteppedTime(NOW);
    private final InMemoryBatchQueue queue = new InMemoryBatchQueue(time, new Random(1));
    private final Requeue handback = new Requeue(queue, time);

    @BeforeEach
    void aMessage() {
        queue.send(List.of("body"), Duration.ZERO);
    }

    private QueueMessage received() {
        return queue.receive(1, HIDDEN).getFirst();
    }

    @Test
    void aShortWaitHidesTheMessage() {
        assertThat(handback.returnToQueue(received(), Duration.ofSeconds(20).toNanos())).isTrue();

        assertThat(queue.size()).isEqualTo(1);
        assertThat(queue.nextDue()).hasValue(NOW + Duration.ofSeconds(20).toNanos());
    }

    @Test
    void noWaitHasItHandedOutAtOnce() {
        assertThat(handback.returnToQueue(received(), -1)).isTrue();

        assertThat(received().receives()).isEqualTo(2);
    }

    @Test
    void aLongWaitSendsACopyInstead() {
        QueueMessage message = received();

        assertThat(handback.returnToQueue(message, Duration.ofMinutes(2).toNanos())).isFalse();

        queue.delete(message);
        assertThat(queue.nextDue()).hasValue(NOW + Duration.ofMinutes(2).toNanos());
        time.pass(Duration.ofMinutes(2));
        assertThat(received().body()).isEqualTo("body");
    }

    @Test
    void noCopyWaitsLongerThanTheQueueAllows() {
        QueueMessage message = received();

        assertThat(handback.returnToQueue(message, Long.MAX_VALUE)).isFalse();

        queue.delete(message);
        assertThat(queue.nextDue()).hasValue(NOW + Duration.ofMinutes(15).toNanos());
    }

    @Test
    void aMessageHandedOutOftenIsReplacedBeforeTheQueueGivesItUp() {
        for (int receives = 1; receives < 49; receives++) {
            received();
            time.pass(HIDDEN);
        }
        assertThat(handback.returnToQueue(received(), 0)).isTrue();
        QueueMessage often = received();
        assertThat(often.receives()).isEqualTo(50);

        assertThat(handback.returnToQueue(often, 0)).isFalse();

        queue.delete(often);
        assertThat(received().receives()).isEqualTo(1);
    }

    @Test
    void anOldMessageIsReplacedBeforeTheQueueForgetsIt() {
        time.pass(Duration.ofDays(12).minusSeconds(1));
        assertThat(handback.returnToQueue(received(), 0)).isTrue();
        time.pass(Duration.ofSeconds(1));
        QueueMessage old = received();

        assertThat(handback.returnToQueue(old, 0)).isFalse();

        queue.delete(old);
        assertThat(received().sent()).isEqualTo(NOW + Duration.ofDays(12).toNanos());
    }

    @Test
    void whereTheQueueRefusesTheMessageIsKept() {
        QueueMessage stale = received();
        time.pass(HIDDEN);
        received();

        assertThat(handback.returnToQueue(stale, 0)).isTrue();
    }
}
