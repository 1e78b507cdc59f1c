package ailb.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.batch.Claim.Done;
import ailb.batch.Claim.Held;
import ailb.batch.Claim.HeldByOther;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link BatchStore} does with the lines of batches. Each test has an empty one. */
abstract class BatchLinesContract extends BatchRaceContract {

    private static final LineKey LINE = new LineKey("b-1", 7);
    private static final List<Outcome> IN_TURN = List.of(Outcome.COMPLETED, Outcome.FAILED, Outcome.CANCELLED);

    @Test
    void aLineIsHeldByOneAtATime() {
        assertThat(claim("one", 0, 100)).isEqualTo(new Held(0, 0));

        assertThat(claim("two", 0, 100)).isEqualTo(new HeldByOther(NOW + 100));
        assertThat(claim("two", 99, 300)).isEqualTo(new HeldByOther(NOW + 100));
        assertThat(finish("two", "stolen")).isFalse();
        assertThat(finish("one", "mine")).isTrue();
        assertThat(read()).containsExactly("mine");
    }

    @Test
    void linesAreClaimedApart() {
        assertThat(claim("one", 0, 100)).isInstanceOf(Held.class);

        assertThat(store().claim(new LineKey("b-1", 6), "two", NOW, NOW + 100, EXPIRES)).isEqualTo(new Held(0, 0));
        assertThat(store().claim(new LineKey("b-2", 7), "two", NOW, NOW + 100, EXPIRES)).isEqualTo(new Held(0, 0));
    }

    @Test
    void claimingWhatOneHoldsProlongsTheLease() {
        claim("one", 0, 100);

        assertThat(claim("one", 50, 200)).isEqualTo(new Held(0, 0));

        assertThat(claim("two", 150, 300)).isEqualTo(new HeldByOther(NOW + 200));
    }

    @Test
    void aLeaseThatHasEndedGoesToTheNextAndCountsAsALapse() {
        claim("one", 0, 100);

        assertThat(claim("two", 100, 200)).isEqualTo(new Held(0, 1));
        assertThat(claim("three", 200, 300)).isEqualTo(new Held(0, 2));
        assertThat(claim("three", 210, 310)).as("again").isEqualTo(new Held(0, 2));
        assertThat(claim("three", 400, 500)).as("its own lease had ended").isEqualTo(new Held(0, 2));
    }

    @Test
    void whoLostAClaimCanNeitherFinishNorRelease() {
        claim("one", 0, 100);
        claim("two", 100, 200);

        assertThat(finish("one", "late")).isFalse();
        store().release(LINE, "one", 5);
        assertThat(claim("one", 150, 250)).isEqualTo(new HeldByOther(NOW + 200));

        assertThat(finish("two", "in time")).isTrue();
        assertThat(finish("one", "later")).isFalse();
        assertThat(read()).containsExactly("in time");
    }

    @Test
    void aLeaseThatHasEndedIsNotLostUntilAnotherClaimsTheLine() {
        claim("one", 0, 100);

        assertThat(claim("one", 500, 600)).isEqualTo(new Held(0, 0));
        assertThat(finish("one", "slow")).isTrue();
    }

    @Test
    void whoLostAClaimMayClaimAgain() {
        claim("one", 0, 100);
        claim("two", 100, 200);

        assertThat(claim("one", 200, 300)).as("of the two, the other one lapsed").isEqualTo(new Held(0, 1));
        assertThat(finish("one", "at last")).isTrue();
    }

    @Test
    void aReleasedLineIsFreeAtOnceAndNoLapse() {
        claim("one", 0, 100);

        store().release(LINE, "one", 2);

        assertThat(claim("two", 0, 100)).isEqualTo(new Held(2, 0));
        store().release(LINE, "two", 1);
        assertThat(claim("one", 1, 100)).isEqualTo(new Held(3, 0));
    }

    @Test
    void aLineCanBeReleasedWithoutACallHavingFailed() {
        claim("one", 0, 100);

        store().release(LINE, "one", 0);

        assertThat(claim("two", 0, 100)).isEqualTo(new Held(0, 0));
    }

    @Test
    void releasingAfterTheLeaseHasEndedIsNoLapseIfNobodyElseHasClaimed() {
        claim("one", 0, 100);
        store().release(LINE, "one", 1);

        assertThat(claim("two", 500, 600)).isEqualTo(new Held(1, 0));
    }

    @Test
    void releasingAgainChangesNothing() {
        claim("one", 0, 100);
        store().release(LINE, "one", 2);
        store().release(LINE, "one", 2);
        store().release(LINE, "nobody", 2);

        assertThat(claim("two", 0, 100)).isEqualTo(new Held(2, 0));
        store().release(LINE, "one", 2);
        assertThat(claim("three", 0, 100)).isEqualTo(new HeldByOther(NOW + 100));
    }

    @Test
    void attemptsAndLapsesAddUp() {
        claim("one", 0, 100);
        claim("two", 100, 200);
        store().release(LINE, "two", 3);
        claim("three", 200, 300);

        assertThat(claim("four", 300, 400)).isEqualTo(new Held(3, 2));
    }

    @Test
    void releasingOrFinishingWhatNobodyHasClaimedDoesNothing() {
        store().release(LINE, "one", 1);

        assertThat(finish("one", "unclaimed")).isFalse();
        assertThat(read()).isEmpty();
        assertThat(claim("one", 0, 100)).isEqualTo(new Held(0, 0));
    }

    @Test
    void aReleasedLineCannotBeFinished() {
        claim("one", 0, 100);
        store().release(LINE, "one", 0);

        assertThat(finish("one", "given up")).isFalse();
        assertThat(read()).isEmpty();
    }

    @Test
    void anOutcomeStays() {
        claim("one", 0, 100);
        finish("one", "first");

        assertThat(claim("two", 0, 100)).isEqualTo(new Done());
        assertThat(claim("two", 1000, 1100)).isEqualTo(new Done());
        assertThat(claim("one", 0, 100)).isEqualTo(new Done());
        assertThat(finish("two", "second")).isFalse();
        store().release(LINE, "one", 4);
        store().release(LINE, "two", 4);
        assertThat(finish("one", "another")).as("again").isTrue();
        assertThat(read()).containsExactly("first");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 300 * 1024, 300 * 1024 + 1, 2_000_000})
    void aResultComesBackByteForByte(int length) {
        byte[] json = BatchStoreContract.random(length);
        claim("one", 0, 100);

        assertThat(store().finish(LINE, "one", new LineResult(7, Outcome.FAILED, json), EXPIRES)).isTrue();

        assertThat(store().results(batch(8), 0, 1000, 10_000_000)).singleElement().satisfies(result -> {
            assertThat(result.line()).isEqualTo(7);
            assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(result.json()).isEqualTo(json);
        });
        assertThat(claim("two", 200, 300)).isEqualTo(new Done());
    }

    @Test
    void largeResultsOfTwoHoldersAndOfRepeatsDoNotMix() {
        byte[] first = new byte[1_000_000];
        byte[] second = new byte[700_000];
        byte[] third = BatchStoreContract.random(900_000);
        claim("one", 0, 100);
        claim("two", 100, 200);

        assertThat(store().finish(LINE, "one", new LineResult(7, Outcome.COMPLETED, first), EXPIRES)).isFalse();
        assertThat(read()).as("parts alone are no result").isEmpty();
        assertThat(store().finish(LINE, "two", new LineResult(7, Outcome.COMPLETED, third), EXPIRES)).isTrue();
        assertThat(store().finish(LINE, "two", new LineResult(7, Outcome.COMPLETED, second), EXPIRES)).isTrue();
        assertThat(store().finish(LINE, "one", new LineResult(7, Outcome.COMPLETED, first), EXPIRES)).isFalse();

        assertThat(store().results(batch(8), 0, 10, 10_000_000).getFirst().json()).isEqualTo(third);
    }

    @Test
    void resultsComeInTheOrderOfTheLinesWhateverTheirOutcome() {
        List<Integer> lines = new ArrayList<>(IntStream.range(0, 350).filter(line -> line % 3 != 1).boxed().toList());
        Collections.shuffle(lines, new Random(20261122));
        lines.forEach(line -> done(line, IN_TURN.get(line % 3), "r" + line));
        claim("busy", 0, 100);

        List<LineResult> results = store().results(batch(350), 0, 1000, 10_000_000);

        assertThat(results).extracting(LineResult::line).containsExactlyElementsOf(lines.stream().sorted().toList());
        assertThat(results).allSatisfy(result -> {
            assertThat(result.outcome()).isEqualTo(IN_TURN.get(result.line() % 3));
            assertThat(result.json()).asString(UTF_8).isEqualTo("r" + result.line());
        });
        assertThat(store().recount(batch(350))).isEqualTo(new Counts(117, 0, 116));
    }

    @Test
    void resultsComePageByPage() {
        IntStream.range(0, 250).forEach(line -> done(line, Outcome.COMPLETED, "r" + line));

        assertPage(0, 1, 0, 0);
        assertPage(0, 1000, 0, 249);
        assertPage(5, 1, 5, 5);
        assertPage(99, 3, 99, 101);
        assertPage(100, 100, 100, 199);
        assertPage(150, 1000, 150, 249);
        assertPage(249, 1000, 249, 249);
        assertThat(store().results(batch(250), 250, 1000, 10_000_000)).isEmpty();
    }

    private void assertPage(int from, int limit, int first, int last) {
        assertThat(store().results(batch(250), from, limit, 10_000_000)).extracting(LineResult::line)
                .containsExactlyElementsOf(IntStream.rangeClosed(first, last).boxed().toList());
    }

    @Test
    void linesBeyondAHundredThousandKeepTheirOrder() {
        int[] lines = {0, 9, 10, 99, 100, 9_999, 99_899, 99_999, 100_000, 100_001, 100_100};
        for (int line : lines) {
            done(line, Outcome.COMPLETED, "r");
        }

        assertThat(store().results(batch(100_101), 99_900, 1000, 100)).extracting(LineResult::line)
                .containsExactly(99_999, 100_000, 100_001, 100_100);
        assertThat(store().results(batch(100_101), 0, 8, 100)).extracting(LineResult::line)
                .containsExactly(0, 9, 10, 99, 100, 9_999, 99_899, 99_999);
    }

    @Test
    void resultsStopWhereTheyWouldBeTooLargeTogetherButOneComes() {
        IntStream.range(0, 20).forEach(line -> done(line, Outcome.COMPLETED, "x".repeat(100)));
        Map<Integer, Integer> countByMaxBytes =
                Map.of(0, 1, 1, 1, 100, 1, 199, 1, 200, 2, 350, 3, 1000, 10, 2000, 20, 5000, 20);

        countByMaxBytes.forEach((maxBytes, count) -> assertThat(store().results(batch(20), 0, 1000, maxBytes))
                .as("of %d bytes at most", maxBytes)
                .hasSize(count));
    }

    @Test
    void largeResultsComeAmongSmallOnes() {
        done(0, Outcome.COMPLETED, "small");
        done(1, Outcome.COMPLETED, "x".repeat(1_500_000));
        done(2, Outcome.COMPLETED, "y".repeat(250_000));
        IntStream.range(3, 10).forEach(line -> done(line, Outcome.COMPLETED, "z".repeat(290_000)));

        List<LineResult> results = store().results(batch(10), 0, 1000, 10_000_000);

        assertThat(results).extracting(result -> result.json().length)
                .containsExactly(5, 1_500_000, 250_000, 290_000, 290_000, 290_000, 290_000, 290_000, 290_000, 290_000);
        assertThat(store().results(batch(10), 1, 1000, 10)).extracting(LineResult::line).containsExactly(1);
    }

    @Test
    void linesOfOneBatchAreNotThoseOfAnother() {
        done(0, Outcome.COMPLETED, "of b-1");
        LineKey other = new LineKey("b-10", 0);
        store().claim(other, "t", NOW, NOW + 100, EXPIRES);
        store().finish(other, "t", new LineResult(0, Outcome.FAILED, "of b-10".getBytes(UTF_8)), EXPIRES);

        assertThat(read()).containsExactly("of b-1");
        assertThat(store().recount(Batch.submitted("b-10", Optional.of("default"), 1, 0, NOW, EXPIRES)))
                .isEqualTo(new Counts(0, 1, 0));
    }

    @Test
    void outcomesAreRecountedWhateverWasReported() {
        Batch batch = batch(500);
        store().create(batch, new byte[0]);
        store().count("b-1", new Counts(77, 0, 0), NOW);
        IntStream.range(0, 480).forEach(line -> done(line, IN_TURN.get(Math.min(2, line / 200)), "r"));
        claim("busy", 0, 100);

        assertThat(store().recount(batch)).isEqualTo(new Counts(200, 200, 80));
        assertThat(store().recount(Batch.submitted("none", Optional.of("default"), 500, 0, NOW, EXPIRES)))
                .isEqualTo(Counts.NONE);
    }

    @Test
    void aLineThatHasExpiredIsForgotten() {
        claim("one", 0, 100);
        store().release(LINE, "one", 4);
        claim("two", 0, 100);
        finish("two", "x".repeat(400_000));
        long later = EXPIRES + Duration.ofHours(1).toNanos();

        assertThat(store().claim(LINE, "three", later, later + 100, later + 1_000_000_000_000L))
                .isEqualTo(new Held(0, 0));
        assertThat(store().claim(LINE, "four", later, later + 100, later + 1_000_000_000_000L))
                .isEqualTo(new HeldByOther(later + 100));
        assertThat(read()).isEmpty();
        assertThat(store().claim(LINE, "four", later + 100, later + 200, later + 1_000_000_000_000L))
                .isEqualTo(new Held(0, 1));
    }

    private Claim claim(String token, long at, long until) {
        return store().claim(LINE, token, NOW + at, NOW + until, EXPIRES);
    }

    private boolean finish(String token, String json) {
        return store().finish(LINE, token, new LineResult(7, Outcome.COMPLETED, json.getBytes(UTF_8)), EXPIRES);
    }

    private void done(int line, Outcome outcome, String json) {
        LineKey key = new LineKey("b-1", line);
        assertThat(store().claim(key, "t" + line, NOW, NOW + 100, EXPIRES)).isEqualTo(new Held(0, 0));
        assertThat(store().finish(key, "t" + line, new LineResult(line, outcome, json.getBytes(UTF_8)), EXPIRES))
                .isTrue();
    }

    /** The results of the batch, as text. */
    private List<String> read() {
        return store().results(batch(8), 0, 1000, 10_000_000)
                .stream()
                .map(result -> new String(result.json(), UTF_8))
                .toList();
    }

    private static Batch batch(int total) {
        return Batch.submitted("b-1", Optional.of("default"), total, 0, NOW, EXPIRES);
    }
}
