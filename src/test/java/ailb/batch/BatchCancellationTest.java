package ailb.batch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.dispatch.ScriptedUpstream;
import ailb.pool.Endpoints;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch is cancelled while lines of it are called, and others wait. */
class BatchCancellationTest {

    private static final long CANCELLED_AT = Duration.ofSeconds(5).toNanos();

    /** A call a second. */
    private static final Pool POOL = Endpoints.pool(Endpoints.openAi("a", Endpoints.requests(Pacing.EVEN, 60)));

    /** It waits on the queue, hidden or as a copy. */
    @ParameterizedTest
    @ValueSource(strings = {"40", "3600"})
    void aMessageOfOnesOwnThatIsCancelledWhileItWaitsIsNotCalledAgain(String retryAfter) {
        SimulatedBatches batches = new SimulatedBatches(1, POOL, (_, _) -> ScriptedUpstream.rateLimited(retryAfter))
                .lookingEvery(Duration.ofMinutes(1))
                .send("{\"id\":\"mine\",\"body\":" + SimulatedBatches.body("own", 0) + "}");
        batches.at(
                Duration.ofNanos(CANCELLED_AT), () -> batches.store.cancel("queue-mine", batches.time.now())).run();

        assertThat(batches.calls).isNotEmpty().allMatch(call -> call.at() < CANCELLED_AT);
        assertThat(batches.queue.messages.size()).isZero();
        assertThat(batches.batchAtLast("queue-mine").status()).isEqualTo(BatchStatus.CANCELLED);
        assertThat(batches.resultLines("queue-mine")).singleElement().asString().contains("batch_cancelled");
        assertThat(batches.elapsed()).as("though there is no room").isLessThan(Duration.ofMinutes(17).toNanos());
    }

    @Test
    void linesOfABatchThatIsOverAreNotCalledWhereverTheyAre() {
        SimulatedBatches batches = new SimulatedBatches(1, POOL, (simulated, _) -> {
            simulated.time.sleep(SimulatedBatches.SECOND / 2);
            return ScriptedUpstream.answer();
        })
                .workers(2, 20)
                .submit("b", 30);
        batches.at(
                Duration.ofNanos(CANCELLED_AT),
                () -> batches.store.end("b", BatchStatus.CANCELLED, new Counts(0, 0, 30), batches.time.now())).run();

        assertThat(batches.calls).isNotEmpty().allMatch(call -> call.at() < 2 * CANCELLED_AT);
        assertThat(batches.queue.messages.size()).isZero();
        assertThat(batches.batchAtLast("b").counts()).isEqualTo(new Counts(0, 0, 30));
    }

    @Test
    void aCancellationIsNoticedWithinFiveSeconds() {
        List<Long> begun = new ArrayList<>();
        SimulatedBatches batches = new SimulatedBatches(1, POOL, (simulated, call) -> {
            begun.add(call.at());
            simulated.time.sleep(8 * SimulatedBatches.SECOND);
            return ScriptedUpstream.answer();
        })
                .workers(2, 20)
                .submit("b", 30);
        batches.at(Duration.ofNanos(CANCELLED_AT), () -> batches.store.cancel("b", batches.time.now())).run();

        LongSupplier later = () -> begun.stream().filter(at -> at > CANCELLED_AT + CANCELLED_AT).count();
        assertThat(later.getAsLong()).isZero();
        assertThat(batches.queue.messages.size()).isZero();
        assertThat(batches.queue.messages.deadLetters()).isEmpty();
        Batch batch = batches.batchAtLast("b");
        assertThat(batch.status()).isEqualTo(BatchStatus.CANCELLED);
        assertThat(begun).hasSizeBetween(2, 12);
        assertThat(batch.counts()).isEqualTo(new Counts(begun.size(), 0, 30 - begun.size()));
        assertThat(batches.resultLines("b")).filteredOn(line -> line.contains("batch_cancelled"))
                .hasSize(30 - begun.size());
    }
}
