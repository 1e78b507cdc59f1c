package ailb.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link BatchStore} does with batches; {@link BatchLinesContract} has their lines. Each test has an empty one. */
@Timeout(60)
public abstract class BatchStoreContract extends BatchLinesContract {

    private static final Cursor SECOND = new Cursor(10, 1000);

    @Test
    void aBatchReadsAsItWasSubmitted() {
        Batch batch = create("b-1", 3, "a\nbc\nd\n".getBytes(UTF_8));

        assertThat(store().find("b-1", NOW)).contains(batch);
        assertThat(batch).isEqualTo(
                new Batch(
                        "b-1", Optional.of("default"), BatchStatus.VALIDATING, 3, 7, Counts.NONE, new Cursor(0, 0), NOW,
                        0, 0, 0, 0, EXPIRES));
        assertThat(store().input("b-1", 0)).asString(UTF_8).isEqualTo("a\nbc\nd\n");
    }

    @Test
    void aBatchNobodySubmittedIsNotThere() {
        assertThat(store().find("none", NOW)).isEmpty();
        assertThat(store().cancel("none", NOW)).isEmpty();
        assertThat(store().count("none", new Counts(1, 0, 0), NOW)).isEmpty();
        assertThat(store().advance("none", Cursor.START, SECOND, NOW)).isFalse();
        assertThat(store().end("none", BatchStatus.COMPLETED, Counts.NONE, NOW)).isFalse();
        assertThat(store().input("none", 0)).isEmpty();
        assertThat(store().list(Optional.empty(), 100, NOW)).isEmpty();
        assertThat(store().find("none", NOW)).as("nothing of this made it").isEmpty();
    }

    @Test
    void submittingAgainChangesNothing() {
        Batch batch = create("b-1", 2, "a\nb\n".getBytes(UTF_8));
        store().advance("b-1", Cursor.START, SECOND, NOW + 1);

        store().create(batch, "a\nb\n".getBytes(UTF_8));

        assertThat(found("b-1").cursor()).isEqualTo(SECOND);
        assertThat(store().list(Optional.empty(), 100, NOW)).containsExactly(found("b-1"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 300 * 1024 - 1, 300 * 1024, 300 * 1024 + 1, 600 * 1024, 5_000_000})
    void anInputComesBackByteForByteInStretches(int length) {
        byte[] input = random(length);
        create("b-1", 1, input);

        ByteArrayOutputStream read = new ByteArrayOutputStream();
        byte[] stretch = store().input("b-1", 0);
        while (stretch.length > 0) {
            assertThat(stretch.length).isLessThanOrEqualTo(310_000);
            read.writeBytes(stretch);
            stretch = store().input("b-1", read.size());
        }

        assertThat(read.toByteArray()).isEqualTo(input);
        assertThat(store().input("b-1", length + 1_000_000L)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 299_999, 300 * 1024 - 1, 300 * 1024, 700_123, 999_999})
    void anInputIsReadFromAnyOffset(int offset) {
        byte[] input = random(1_000_000);
        create("b-1", 1, input);

        byte[] stretch = store().input("b-1", offset);

        assertThat(stretch).isNotEmpty();
        assertThat(Arrays.copyOfRange(input, offset, offset + stretch.length)).isEqualTo(stretch);
    }

    @Test
    void anAdoptedBatchIsInProgressAndNotListed() {
        Batch direct = store().ensureDirect("found-1", NOW, EXPIRES);

        Batch batch = found("found-1");
        assertThat(direct).isEqualTo(batch);
        assertThat(batch.status()).isEqualTo(BatchStatus.IN_PROGRESS);
        assertThat(batch.total()).isOne();
        assertThat(batch.inputLength()).isZero();
        assertThat(batch.begun()).isEqualTo(NOW);
        assertThat(batch.expires()).isEqualTo(EXPIRES);
        assertThat(store().input("found-1", 0)).isEmpty();
        assertThat(store().list(Optional.empty(), 100, NOW)).isEmpty();
    }

    @Test
    void aDirectBatchThatIsThereStaysAsItIs() {
        Batch submitted = create("b-1", 3, "a\nb\nc\n".getBytes(UTF_8));
        store().ensureDirect("found-1", NOW, EXPIRES);
        store().count("found-1", new Counts(1, 0, 0), NOW);

        assertThat(store().ensureDirect("b-1", NOW + 5, EXPIRES + 5)).isEqualTo(submitted);
        assertThat(store().ensureDirect("found-1", NOW + 5, EXPIRES + 5)).isEqualTo(found("found-1"));

        assertThat(found("b-1")).isEqualTo(submitted);
        assertThat(found("found-1").counts()).isEqualTo(new Counts(1, 0, 0));
        assertThat(found("found-1").created()).isEqualTo(NOW);
    }

    @Test
    void batchesAreListedNewestFirstAndPageByPage() {
        IntStream.rangeClosed(1, 7).forEach(number -> create("b-" + number, 1, new byte[]{'\n'}));

        assertThat(ids(Optional.empty(), 100)).containsExactly("b-7", "b-6", "b-5", "b-4", "b-3", "b-2", "b-1");
        assertThat(ids(Optional.empty(), 1)).containsExactly("b-7");
        assertThat(ids(Optional.of("b-7"), 3)).containsExactly("b-6", "b-5", "b-4");
        assertThat(ids(Optional.of("b-4"), 3)).containsExactly("b-3", "b-2", "b-1");
        assertThat(ids(Optional.of("b-1"), 3)).isEmpty();
        assertThat(ids(Optional.of("b-35"), 1)).as("one that is not there").containsExactly("b-3");
        assertThat(store().list(Optional.empty(), 2, NOW)).containsExactly(found("b-7"), found("b-6"));
    }

    @Test
    void anOwnersBatchesAreListedByThemselvesPageByPage() {
        for (int number = 100; number < 140; number++) {
            create("b-" + number, Optional.of(number % 10 == 0 ? "rare" : "often"));
        }

        assertThat(owned("rare", Optional.empty(), 100)).containsExactly("b-130", "b-120", "b-110", "b-100");
        assertThat(owned("rare", Optional.empty(), 3)).containsExactly("b-130", "b-120", "b-110");
        assertThat(owned("rare", Optional.of("b-110"), 3)).containsExactly("b-100");
        assertThat(owned("rare", Optional.of("b-125"), 1)).as("another's").containsExactly("b-120");
        assertThat(owned("often", Optional.of("b-130"), 100)).hasSize(27).startsWith("b-129").endsWith("b-101");
        assertThat(owned("nobody", Optional.empty(), 100)).isEmpty();
        assertThat(ids(Optional.empty(), 100)).hasSize(40);
        assertThat(store().listOf("rare", Optional.empty(), 1, NOW)).containsExactly(found("b-130"));
    }

    /** None is another's beginning, or the separator that a key might be put together with. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "a#", "#", "ab", "BATCHES", "é 😀"})
    void anOwnersNameMayHoldAnythingAndMatchesAsAWhole(String owner) {
        List<String> all = List.of("a", "a#", "#", "ab", "BATCHES", "é 😀");
        all.forEach(name -> create("b-" + all.indexOf(name), Optional.of(name)));

        assertThat(owned(owner, Optional.empty(), 100)).containsExactly("b-" + all.indexOf(owner));
        assertThat(found("b-" + all.indexOf(owner)).owner()).contains(owner);
    }

    @Test
    void aBatchWithoutAnOwnerIsInNobodysListAndInThatOfAll() {
        Batch batch = create("b-1", Optional.empty());

        assertThat(found("b-1")).isEqualTo(batch);
        assertThat(batch.owner()).isEmpty();
        assertThat(ids(Optional.empty(), 100)).containsExactly("b-1");
        assertThat(owned("", Optional.empty(), 100)).isEmpty();
        assertThat(owned("default", Optional.empty(), 100)).isEmpty();
    }

    @Test
    void theOwnerStaysWhateverHappensToABatch() {
        create("b-1", Optional.of("mine"));

        store().advance("b-1", Cursor.START, SECOND, NOW + 1);
        store().count("b-1", new Counts(1, 0, 0), NOW + 1);
        store().cancel("b-1", NOW + 2);
        store().end("b-1", BatchStatus.CANCELLED, new Counts(1, 0, 0), NOW + 3);

        assertThat(found("b-1").owner()).contains("mine");
        assertThat(store().ensureDirect("found-1", NOW, EXPIRES).owner()).isEmpty();
    }

    @Test
    void theExpiredAreLeftOutOfAnOwnersListToo() {
        for (int number = 1; number <= 8; number++) {
            long expires = number % 2 == 0 ? NOW + 10 : EXPIRES;
            store().create(
                    Batch.submitted("b-" + number, Optional.of("mine"), 1, 1, NOW, expires), new byte[]{'\n'});
        }

        assertThat(store().listOf("mine", Optional.empty(), 3, NOW + 10)).extracting(Batch::id)
                .containsExactly("b-7", "b-5", "b-3");
    }

    private List<String> owned(String owner, Optional<String> before, int limit) {
        return store().listOf(owner, before, limit, NOW).stream().map(Batch::id).toList();
    }

    private Batch create(String id, Optional<String> owner) {
        Batch batch = Batch.submitted(id, owner, 1, 1, NOW, EXPIRES);
        store().create(batch, new byte[]{'\n'});
        return batch;
    }

    @Test
    void moreThanAHundredAreListedPageByPage() {
        IntStream.range(0, 105).forEach(number -> create("b-%03d".formatted(number), 1, new byte[]{'\n'}));

        assertThat(ids(Optional.empty(), 100)).hasSize(100).startsWith("b-104").endsWith("b-005");
        assertThat(ids(Optional.of("b-005"), 100)).containsExactly("b-004", "b-003", "b-002", "b-001", "b-000");
    }

    @Test
    void theExpiredAreLeftOutOfTheListAndItIsFilledUp() {
        for (int number = 1; number <= 8; number++) {
            long expires = number % 2 == 0 ? NOW + 10 : EXPIRES;
            store().create(Batch.submitted("b-" + number, Optional.of("default"), 1, 1, NOW, expires),
                    new byte[]{'\n'});
        }

        assertThat(store().list(Optional.empty(), 3, NOW + 10)).extracting(Batch::id)
                .containsExactly("b-7", "b-5", "b-3");
    }

    @Test
    void theCursorMovesFromWhereItStandsOnly() {
        create("b-1", 100, new byte[2000]);

        assertThat(store().advance("b-1", Cursor.START, SECOND, NOW + 1)).isTrue();
        assertThat(store().advance("b-1", Cursor.START, SECOND, NOW + 2)).as("again").isFalse();
        assertThat(store().advance("b-1", new Cursor(10, 999), new Cursor(20, 0), NOW + 2)).isFalse();
        assertThat(store().advance("b-1", new Cursor(9, 1000), new Cursor(20, 0), NOW + 2)).isFalse();

        assertThat(found("b-1").status()).isEqualTo(BatchStatus.IN_PROGRESS);
        assertThat(found("b-1").cursor()).isEqualTo(SECOND);
        assertThat(found("b-1").begun()).isEqualTo(NOW + 1);
        assertThat(store().advance("b-1", SECOND, new Cursor(100, 2000), NOW + 3)).isTrue();
        assertThat(found("b-1").begun()).as("the first time counts").isEqualTo(NOW + 1);
    }

    @Test
    void theCursorOfABatchThatIsBeingCancelledMovesAndItStaysSo() {
        create("b-1", 100, new byte[2000]);
        store().cancel("b-1", NOW + 1);

        assertThat(store().advance("b-1", Cursor.START, SECOND, NOW + 2)).isTrue();

        assertThat(found("b-1").status()).isEqualTo(BatchStatus.CANCELLING);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBatchThatIsNotOverCanBeCancelled(boolean begun) {
        create("b-1", 100, new byte[2000]);
        if (begun) {
            store().advance("b-1", Cursor.START, SECOND, NOW + 1);
        }

        Batch cancelling = store().cancel("b-1", NOW + 2).orElseThrow();

        assertThat(cancelling.status()).isEqualTo(BatchStatus.CANCELLING);
        assertThat(cancelling.cancelling()).isEqualTo(NOW + 2);
        assertThat(store().cancel("b-1", NOW + 3)).as("again").contains(cancelling);
        assertThat(found("b-1")).isEqualTo(cancelling);
    }

    @ParameterizedTest
    @EnumSource(names = {"COMPLETED", "CANCELLED"})
    void aBatchThatIsOverStaysAsItIs(BatchStatus over) {
        create("b-1", 3, new byte[3]);
        store().count("b-1", new Counts(1, 1, 0), NOW + 1);

        assertThat(store().end("b-1", over, new Counts(2, 0, 1), NOW + 2)).isTrue();

        Batch ended = found("b-1");
        assertThat(ended.status()).isEqualTo(over);
        assertThat(ended.counts()).isEqualTo(new Counts(2, 0, 1));
        assertThat(ended.ended()).isEqualTo(NOW + 2);
        assertThat(store().end("b-1", BatchStatus.CANCELLED, Counts.NONE, NOW + 3)).isFalse();
        assertThat(store().end("b-1", over, new Counts(2, 0, 1), NOW + 2)).isFalse();
        assertThat(store().cancel("b-1", NOW + 3)).contains(ended);
        assertThat(store().count("b-1", new Counts(1, 0, 0), NOW + 3)).contains(ended);
        assertThat(found("b-1")).isEqualTo(ended);
    }

    @Test
    void aBatchThatIsBeingCancelledCanEnd() {
        create("b-1", 3, new byte[3]);
        store().cancel("b-1", NOW + 1);

        assertThat(store().end("b-1", BatchStatus.CANCELLED, new Counts(0, 0, 3), NOW + 2)).isTrue();

        assertThat(found("b-1").status()).isEqualTo(BatchStatus.CANCELLED);
        assertThat(found("b-1").cancelling()).isEqualTo(NOW + 1);
    }

    @Test
    void countsAddUp() {
        create("b-1", 100, new byte[3]);

        Batch first = store().count("b-1", new Counts(3, 1, 0), NOW + 1).orElseThrow();
        Batch second = store().count("b-1", new Counts(2, 0, 7), NOW + 2).orElseThrow();

        assertThat(first.counts()).isEqualTo(new Counts(3, 1, 0));
        assertThat(second.counts()).isEqualTo(new Counts(5, 1, 7));
        assertThat(second.changed()).isEqualTo(NOW + 2);
        assertThat(found("b-1")).isEqualTo(second);
    }

    @Test
    void aBatchIsForgottenWhenItExpires() {
        create("b-1", 3, new byte[3]);
        store().ensureDirect("found-1", NOW, EXPIRES);

        assertThat(store().find("b-1", EXPIRES - 1)).isPresent();
        for (String id : List.of("b-1", "found-1")) {
            assertThat(store().find(id, EXPIRES)).isEmpty();
            assertThat(store().cancel(id, EXPIRES)).isEmpty();
            assertThat(store().count(id, new Counts(1, 0, 0), EXPIRES)).isEmpty();
            assertThat(store().advance(id, found(id).cursor(), SECOND, EXPIRES)).isFalse();
            assertThat(store().end(id, BatchStatus.COMPLETED, Counts.NONE, EXPIRES)).isFalse();
        }
        assertThat(store().list(Optional.empty(), 100, EXPIRES)).isEmpty();
    }

    @Test
    void whatHasExpiredCanBeAdoptedAnew() {
        long now = EXPIRES + Duration.ofDays(1).toNanos();
        store().ensureDirect("found-1", NOW, EXPIRES);
        store().count("found-1", new Counts(1, 0, 0), NOW);

        store().ensureDirect("found-1", now, now + 100);

        assertThat(store().find("found-1", now)).hasValueSatisfying(batch -> {
            assertThat(batch.created()).isEqualTo(now);
            assertThat(batch.counts()).isEqualTo(Counts.NONE);
        });
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "999", "1000000000", "1234567890123"})
    void pointsInTimeAreKeptToTheNanosecond(long more) {
        store().create(Batch.submitted("b-1", Optional.of("default"), 1, 1, NOW + more, EXPIRES + more),
                new byte[]{'\n'});

        assertThat(store().find("b-1", EXPIRES + more - 1)).hasValueSatisfying(batch -> {
            assertThat(batch.created()).isEqualTo(NOW + more);
            assertThat(batch.expires()).isEqualTo(EXPIRES + more);
        });
        assertThat(store().find("b-1", EXPIRES + more)).isEmpty();
    }

    private Batch found(String id) {
        return store().find(id, NOW).orElseThrow();
    }

    private List<String> ids(Optional<String> before, int limit) {
        return store().list(before, limit, NOW).stream().map(Batch::id).toList();
    }

    private Batch create(String id, int total, byte[] input) {
        Batch batch = Batch.submitted(id, Optional.of("default"), total, input.length, NOW, EXPIRES);
        store().create(batch, input);
        return batch;
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(20261122).nextBytes(bytes);
        return bytes;
    }
}
