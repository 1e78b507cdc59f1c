package ailb.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A batch of two lines, begun at the start. */
class BatchCompletionTest {

    private static final long START = 1_800_000_000_000_000_000L;
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final long EXPIRES = START + Duration.ofDays(1).toNanos();

    private final InMemoryBatchStore store = new InMemoryBatchStore();
    private final BatchCompletion finishing = new BatchCompletion(store);

    BatchCompletionTest() {
        store.create(Batch.submitted("b", Optional.of("default"), 2, 4, START, EXPIRES), "{}\n{}".getBytes(UTF_8));
        store.advance("b", Cursor.START, new Cursor(2, 4), START);
    }

    @Test
    void countsThatSayItIsCompleteEndItOnlyIfItsOutcomesDo() {
        record(0, Outcome.COMPLETED);
        store.count("b", new Counts(2, 0, 0), START); // one of them was counted twice

        finishing.afterCounting(batch(), START);
        assertThat(batch().status()).isEqualTo(BatchStatus.IN_PROGRESS);

        record(1, Outcome.FAILED);
        finishing.afterCounting(batch(), START);
        assertThat(batch().status()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(batch().counts()).isEqualTo(new Counts(1, 1, 0));
    }

    @Test
    void oneWhoseWorkersDiedBeforeTheyCountedIsEndedWhenItHasBeenQuietForAMinute() {
        record(0, Outcome.COMPLETED);
        record(1, Outcome.COMPLETED);

        assertThat(finishing.whenQuiet(batch(), START + MINUTE)).isFalse();
        assertThat(batch().status()).isEqualTo(BatchStatus.IN_PROGRESS);
        assertThat(finishing.whenQuiet(batch(), START + MINUTE + 1)).isTrue();
        assertThat(batch().status()).isEqualTo(BatchStatus.COMPLETED);
    }

    @Test
    void oneThatIsNotCompleteIsLookedAtOnceAMinute() {
        record(0, Outcome.COMPLETED);
        assertThat(finishing.whenQuiet(batch(), START + 2 * MINUTE)).isFalse();
        record(1, Outcome.COMPLETED);

        assertThat(finishing.whenQuiet(batch(), START + 3 * MINUTE)).isFalse();
        assertThat(finishing.whenQuiet(batch(), START + 3 * MINUTE + 1)).isTrue();
    }

    @Test
    void outcomesAreNotReadOneByOneWhileTheLastLineHasNone() {
        record(0, Outcome.COMPLETED);

        assertThat(new BatchCompletion(Failing.of(store, "recount")).whenQuiet(batch(), START + 2 * MINUTE)).isFalse();
    }

    @Test
    void oneWhoseOutcomesCannotBeReadIsLookedAtOnceAMinuteToo() {
        record(0, Outcome.COMPLETED);
        record(1, Outcome.COMPLETED);
        BatchCompletion failing = new BatchCompletion(Failing.of(store, "recount"));

        assertThatThrownBy(() -> failing.whenQuiet(batch(), START + 2 * MINUTE))
                .isInstanceOf(BatchStoreException.class);
        assertThat(failing.whenQuiet(batch(), START + 3 * MINUTE)).isFalse();
        assertThat(finishing.whenQuiet(batch(), START + 3 * MINUTE + 1)).isTrue();
    }

    @Test
    void oneThatWasCancelledEndsAsCancelledThoughAllOfItWasDone() {
        record(0, Outcome.COMPLETED);
        record(1, Outcome.COMPLETED);
        store.cancel("b", START);

        assertThat(finishing.whenQuiet(batch(), START + 2 * MINUTE)).isTrue();
        assertThat(batch().status()).isEqualTo(BatchStatus.CANCELLED);
    }

    private Batch batch() {
        return store.find("b", START).orElseThrow();
    }

    private void record(int line, Outcome outcome) {
        LineKey key = new LineKey("b", line);
        store.claim(key, "me", START, START + MINUTE, EXPIRES);
        assertThat(store.finish(key, "me", new LineResult(line, outcome, "{}".getBytes(UTF_8)), EXPIRES)).isTrue();
    }
}
