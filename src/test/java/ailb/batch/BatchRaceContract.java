package ailb.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link BatchStore} does when many are at it at once. Each test has an empty one. */
abstract class BatchRaceContract {

    /** A round number: nothing may take its zeros for an exponent. */
    static final long NOW = 1_795_000_000_000_000_000L;

    static final long EXPIRES = NOW + Duration.ofDays(30).toNanos();

    private static final int CLAIMERS = 8;
    private static final int LINES = 50;

    /** Who holds which line, as far as the claimers know. */
    private final Map<Integer, String> holders = new ConcurrentHashMap<>();

    private final AtomicLong ticks = new AtomicLong();

    protected abstract BatchStore store();

    @Test
    void aLineHasOneHolderAtATimeAndOneOutcome() throws Exception {
        List<LineResult> written = atOnce(claimer -> () -> untilAllAreDone(claimer, 1_000_000_000, this::holdAlone));

        assertOneOutcomeEach(written);
    }

    @Test
    void aLineWhoseHoldersDieOrComeLateHasOneOutcome() throws Exception {
        List<LineResult> written = atOnce(claimer -> () -> untilAllAreDone(claimer, 20, this::dieOrComeLate));

        assertOneOutcomeEach(written);
    }

    @Test
    void countsOfManyAllAddUp() throws Exception {
        store().ensureDirect("b-1", NOW, EXPIRES);

        atOnce(_ -> () -> {
            IntStream.range(0, 25).forEach(_ -> store().count("b-1", new Counts(3, 2, 1), NOW));
            return List.of();
        });

        assertThat(store().find("b-1", NOW).orElseThrow().counts()).isEqualTo(new Counts(600, 400, 200));
    }

    @Test
    void ofManyWhoMoveTheCursorOrEndTheBatchOneDoes() throws Exception {
        store().create(Batch.submitted("b-1", Optional.of("default"), 10, 10, NOW, EXPIRES), new byte[10]);

        List<LineResult> done = atOnce(claimer -> () -> {
            List<LineResult> mine = new ArrayList<>();
            if (store().advance("b-1", Cursor.START, new Cursor(5, 5), NOW)) {
                mine.add(new LineResult(1, Outcome.COMPLETED, new byte[0]));
            }
            if (store().end("b-1", BatchStatus.COMPLETED, new Counts(claimer, 0, 0), NOW)) {
                mine.add(new LineResult(2, Outcome.COMPLETED, new byte[0]));
            }
            return mine;
        });

        assertThat(done).extracting(LineResult::line).containsExactlyInAnyOrder(1, 2);
    }

    /** What one claimer does with the line it has claimed; returns whether its outcome was taken. */
    private interface Work {

        boolean on(LineKey line, String token, LineResult result, RandomGenerator random);
    }

    private interface Claimer {

        Callable<List<LineResult>> with(int number);
    }

    private static List<LineResult> atOnce(Claimer claimer) throws Exception {
        List<LineResult> all = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<LineResult>>> results = IntStream.range(0, CLAIMERS)
                    .mapToObj(number -> executor.submit(claimer.with(number)))
                    .toList();
            for (Future<List<LineResult>> result : results) {
                all.addAll(result.get());
            }
        }
        return all;
    }

    /**
     * Goes round the lines, and returns the outcomes of its own that were taken.
     *
     * @param lease in claims: with each, the clock moves on by one
     */
    private List<LineResult> untilAllAreDone(int claimer, int lease, Work work) {
        RandomGenerator random = new Random(20261122 + claimer);
        List<LineResult> mine = new ArrayList<>();
        int claims = 0;
        int done = 0;
        for (int turn = random.nextInt(LINES); done < LINES; turn++) {
            LineKey line = new LineKey("b-1", turn % LINES);
            String token = claimer + "-" + claims++;
            long now = NOW + ticks.incrementAndGet();
            switch (store().claim(line, token, now, now + lease, EXPIRES)) {
                case Claim.Held _ -> {
                    done = 0;
                    LineResult result = new LineResult(line.line(), Outcome.COMPLETED, token.getBytes(UTF_8));
                    if (work.on(line, token, result, random)) {
                        mine.add(result);
                    }
                }
                case Claim.HeldByOther _ -> done = 0;
                case Claim.Done _ -> done++;
            }
        }
        return mine;
    }

    private boolean holdAlone(LineKey line, String token, LineResult result, RandomGenerator random) {
        assertThat(holders.putIfAbsent(line.line(), token)).as("who else holds it").isNull();
        assertThat(store().claim(line, "nosy", NOW, NOW + 1, EXPIRES)).isInstanceOf(Claim.HeldByOther.class);
        assertThat(holders.remove(line.line())).isEqualTo(token);
        if (random.nextInt(3) == 0) {
            store().release(line, token, 1);
            return false;
        }
        assertThat(store().finish(line, token, result, EXPIRES)).isTrue();
        return true;
    }

    private boolean dieOrComeLate(LineKey line, String token, LineResult result, RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> false;
            case 1 -> {
                ticks.addAndGet(30);
                yield store().finish(line, token, result, EXPIRES);
            }
            case 2 -> {
                store().release(line, token, 1);
                yield false;
            }
            default -> store().finish(line, token, result, EXPIRES);
        };
    }

    private void assertOneOutcomeEach(List<LineResult> written) {
        Map<Integer, String> winners = new HashMap<>();
        written.forEach(result -> assertThat(winners.put(result.line(), new String(result.json(), UTF_8))).isNull());
        Batch batch = Batch.submitted("b-1", Optional.of("default"), LINES, 0, NOW, EXPIRES);
        Map<Integer, String> recorded = new HashMap<>();
        store().results(batch, 0, 1000, 1_000_000)
                .forEach(result -> recorded.put(result.line(), new String(result.json(), UTF_8)));

        assertThat(recorded).isEqualTo(winners).hasSize(LINES);
        assertThat(store().recount(batch)).isEqualTo(new Counts(LINES, 0, 0));
    }
}
