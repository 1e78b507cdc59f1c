package ailb.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.aws.CheckedThenWritten;
import ailb.aws.DynamoBatchStore;
import ailb.aws.LocalDynamo;
import ailb.history.Clients;
import ailb.history.Linearizability;
import ailb.history.Operation;
import ailb.history.SequentialObject;
import ailb.history.SequentialObject.Done;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Eight workers that claim, give up, finish and look at the lines of one batch in DynamoDB, on time and late: whatever
 * they do at once, each line goes from state to state as a line in memory does, one change after the other. Lines are
 * looked at one by one, since a history is linearizable if and only if the part of each object is.
 */
@Timeout(120)
@ResourceLock(LocalDynamo.LOCK)
class ClaimHistoryTest {

    private static final int WORKERS = 8;
    private static final int LINES = 10;
    private static final int TURNS = 60;
    private static final int LEASE = 30;
    private static final long SEED = 20261125;
    private static final long NOW = 1_795_000_000_000_000_000L;
    private static final long EXPIRES = NOW + Duration.ofDays(30).toNanos();

    private static final SequentialObject<Optional<Line>, Change, Object> LINE = (line, change) -> change.on(line);

    private final Batch batch =
            Batch.submitted("history-" + UUID.randomUUID(), Optional.of("default"), LINES, 0, NOW, EXPIRES);
    private final AtomicLong ticks = new AtomicLong(NOW);

    /** What a worker does with a line. */
    private sealed interface Change {

        LineKey line();

        /** In the store. */
        Object in(BatchStore store, Batch batch);

        /** On a line by itself; empty where it was never claimed. */
        Done<Optional<Line>, Object> on(Optional<Line> line);
    }

    private record Claiming(LineKey line, String token, long now) implements Change {

        @Override
        public Object in(BatchStore store, Batch batch) {
            return store.claim(line, token, now, now + LEASE, EXPIRES);
        }

        @Override
        public Done<Optional<Line>, Object> on(Optional<Line> is) {
            Line claimed = Line.claimed(is.orElse(null), token, now, now + LEASE, EXPIRES);
            return new Done<>(Optional.of(claimed), claimed.claim(token));
        }
    }

    private record Releasing(LineKey line, String token) implements Change {

        private static final String NOTHING_SAID = "";

        @Override
        public Object in(BatchStore store, Batch batch) {
            store.release(line, token, 1);
            return NOTHING_SAID;
        }

        @Override
        public Done<Optional<Line>, Object> on(Optional<Line> is) {
            return new Done<>(is.map(line -> line.released(token, 1)), NOTHING_SAID);
        }
    }

    private record BatchCompletion(LineKey line, String token, LineResult result) implements Change {

        /** The result is another one each time: of two written under one token the first counts. */
        static BatchCompletion of(Claiming claim, String text) {
            LineResult result = new LineResult(claim.line().line(), Outcome.COMPLETED, text.getBytes(UTF_8));
            return new BatchCompletion(claim.line(), claim.token(), result);
        }

        @Override
        public Object in(BatchStore store, Batch batch) {
            return store.finish(line, token, result, EXPIRES);
        }

        @Override
        public Done<Optional<Line>, Object> on(Optional<Line> is) {
            Optional<Line> finished = is.map(line -> line.finished(token, result, EXPIRES));
            return new Done<>(finished, finished.map(line -> line.isOf(token)).orElse(false));
        }
    }

    private record Looking(LineKey line) implements Change {

        @Override
        public Object in(BatchStore store, Batch batch) {
            return text(store.results(batch, line.line(), 1, 1_000)
                    .stream()
                    .filter(result -> result.line() == line.line())
                    .findFirst());
        }

        @Override
        public Done<Optional<Line>, Object> on(Optional<Line> is) {
            return new Done<>(is, text(is.map(Line::result)));
        }

        private static Optional<String> text(Optional<LineResult> result) {
            return result.map(one -> new String(one.json(), UTF_8));
        }
    }

    @Test
    void claimsAndOutcomesOfEightWorkersAreLinearizable() throws Exception {
        List<Operation<Change, Object>> history = historyOn(LocalDynamo.client(), TURNS);

        assertThat(unexplained(history)).as("seed %d", SEED).isEmpty();
        assertThat(history).extracting(operation -> operation.output().orElseThrow())
                .as("every answer comes up")
                .hasAtLeastOneElementOfType(Claim.Held.class)
                .hasAtLeastOneElementOfType(Claim.HeldByOther.class)
                .hasAtLeastOneElementOfType(Claim.Done.class)
                .contains(true, false, Optional.empty())
                .anyMatch(answer -> answer instanceof Claim.Held held && held.expiredClaims() > 0)
                .anyMatch(answer -> answer instanceof Claim.Held held && held.attempts() > 0);
    }

    @Test
    void writesThatAreNotAtomicAreFoundOut() throws Exception {
        DynamoDbClient broken = CheckedThenWritten.twoAtOnce(LocalDynamo.client());

        assertThat(unexplained(historyOn(broken, 1))).isNotEmpty();
    }

    private List<Operation<Change, Object>> unexplained(List<Operation<Change, Object>> history) {
        List<Operation<Change, Object>> unexplained = new ArrayList<>();
        for (int line = 0; line < LINES; line++) {
            LineKey key = key(line);
            unexplained.addAll(Linearizability.unexplained(
                    Optional.empty(),
                    LINE,
                    history.stream().filter(operation -> operation.input().line().equals(key)).toList()));
        }
        return unexplained;
    }

    private LineKey key(int line) {
        return new LineKey(batch.id(), line);
    }

    private List<Operation<Change, Object>> historyOn(DynamoDbClient client, int turns) throws Exception {
        BatchStore store = new DynamoBatchStore(client, LocalDynamo.TABLE);
        Clients<Change, Object> clients = new Clients<>(WORKERS);
        return clients.run(number -> {
            RandomGenerator random = new Random(SEED + number);
            List<Claiming> own = new ArrayList<>();
            for (int turn = 0; turn < turns; turn++) {
                Change change = turn == 0 ? claiming(0, number + "-first") : change(random, own, number + "-" + turn);
                clients.perform(change, () -> change.in(store, batch), _ -> true);
                if (change instanceof Claiming claim) {
                    own.add(claim);
                }
            }
        });
    }

    private Claiming claiming(int line, String token) {
        return new Claiming(key(line), token, ticks.incrementAndGet());
    }

    /** With a line claimed lately, whether that came to something or not, or with any. The number is used once. */
    private Change change(RandomGenerator random, List<Claiming> own, String number) {
        Claiming lately = own.get(own.size() - 1 - random.nextInt(Math.min(3, own.size())));
        return switch (random.nextInt(13)) {
            case 0, 1 -> BatchCompletion.of(lately, number);
            case 2, 3 -> new Releasing(lately.line(), lately.token());
            case 4, 5 -> new Claiming(lately.line(), lately.token(), ticks.incrementAndGet());
            case 6, 7 -> new Looking(key(random.nextInt(LINES)));
            default -> claiming(random.nextInt(LINES), number);
        };
    }
}
