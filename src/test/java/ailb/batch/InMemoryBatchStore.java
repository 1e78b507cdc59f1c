package ailb.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** The store of batches in this process's memory. What has expired is let go when the next batch comes. */
public final class InMemoryBatchStore implements BatchStore {

    private static final int STRETCH = 300 * 1024;

    private final Map<String, Stored> batches = new ConcurrentHashMap<>();
    private final Map<LineKey, Line> lines = new ConcurrentHashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Stored(Batch batch, byte[] input, boolean listed) {}

    @Override
    public void create(Batch batch, byte[] input) {
        batches.values().removeIf(stored -> stored.batch().expires() <= batch.created());
        lines.values().removeIf(line -> line.expires() <= batch.created());
        batches.putIfAbsent(batch.id(), new Stored(batch, input, true));
    }

    @Override
    public Batch ensureDirect(String id, long now, long expires) {
        Stored direct = new Stored(Batch.direct(id, now, expires), new byte[0], false);
        return batches.compute(id, (_, is) -> is == null || is.batch().expires() <= now ? direct : is).batch();
    }

    @Override
    public Optional<Batch> find(String id, long now) {
        return Optional.ofNullable(batches.get(id)).map(Stored::batch).filter(batch -> batch.expires() > now);
    }

    @Override
    public List<Batch> list(Optional<String> before, int limit, long now) {
        return list(_ -> true, before, limit, now);
    }

    @Override
    public List<Batch> listOf(String owner, Optional<String> before, int limit, long now) {
        return list(batch -> batch.owner().equals(Optional.of(owner)), before, limit, now);
    }

    private List<Batch> list(Predicate<Batch> wanted, Optional<String> before, int limit, long now) {
        return batches.values()
                .stream()
                .filter(Stored::listed)
                .map(Stored::batch)
                .filter(batch -> batch.expires() > now)
                .filter(wanted)
                .filter(batch -> before.isEmpty() || batch.id().compareTo(before.get()) < 0)
                .sorted(Comparator.comparing(Batch::id).reversed())
                .limit(limit)
                .toList();
    }

    @Override
    public byte[] input(String id, long offset) {
        Stored stored = batches.get(id);
        if (stored == null || offset >= stored.input().length) {
            return new byte[0];
        }
        long end = Math.min(stored.input().length, (offset / STRETCH + 1) * STRETCH);
        return Arrays.copyOfRange(stored.input(), (int) offset, (int) end);
    }

    @Override
    public boolean advance(String id, Cursor from, Cursor to, long now) {
        AtomicBoolean done = new AtomicBoolean();
        change(id, now, is -> {
            done.set(is.cursor().equals(from));
            return done.get() ? advanced(is, to, now) : is;
        });
        return done.get();
    }

    private static Batch advanced(Batch is, Cursor to, long now) {
        return new Batch(
                is.id(), is.owner(), is.status() == BatchStatus.VALIDATING ? BatchStatus.IN_PROGRESS : is.status(),
                is.total(),
                is.inputLength(), is.counts(), to, is.created(), is.begun() == 0 ? now : is.begun(), is.changed(),
                is.cancelling(), is.ended(), is.expires());
    }

    @Override
    public Optional<Batch> cancel(String id, long now) {
        return change(
                id,
                now,
                is -> is.status().isOver() || is.status() == BatchStatus.CANCELLING ? is : cancelling(is, now));
    }

    private static Batch cancelling(Batch is, long now) {
        return new Batch(
                is.id(), is.owner(), BatchStatus.CANCELLING, is.total(), is.inputLength(), is.counts(), is.cursor(),
                is.created(),
                is.begun(), is.changed(), now, is.ended(), is.expires());
    }

    @Override
    public Claim claim(LineKey line, String token, long now, long until, long expires) {
        return lines.compute(line, (_, is) -> Line.claimed(is, token, now, until, expires)).claim(token);
    }

    @Override
    public void release(LineKey line, String token, int failedAttempts) {
        lines.computeIfPresent(line, (_, is) -> is.released(token, failedAttempts));
    }

    @Override
    public boolean finish(LineKey line, String token, LineResult result, long expires) {
        Line after = lines.computeIfPresent(line, (_, is) -> is.finished(token, result, expires));
        return after != null && after.isOf(token);
    }

    @Override
    public Optional<Batch> count(String id, Counts more, long now) {
        return change(id, now, is -> is.status().isOver() ? is : counted(is, more, now));
    }

    private static Batch counted(Batch is, Counts more, long now) {
        return new Batch(
                is.id(), is.owner(), is.status(), is.total(), is.inputLength(), is.counts().plus(more), is.cursor(),
                is.created(),
                is.begun(), now, is.cancelling(), is.ended(), is.expires());
    }

    @Override
    public Counts recount(Batch batch) {
        return IntStream.range(0, batch.total())
                .mapToObj(line -> result(batch, line))
                .flatMap(Optional::stream)
                .map(result -> Counts.of(result.outcome()))
                .reduce(Counts.NONE, Counts::plus);
    }

    @Override
    public boolean end(String id, BatchStatus over, Counts exact, long now) {
        AtomicBoolean done = new AtomicBoolean();
        change(id, now, is -> {
            done.set(!is.status().isOver());
            return done.get() ? ended(is, over, exact, now) : is;
        });
        return done.get();
    }

    private static Batch ended(Batch is, BatchStatus over, Counts exact, long now) {
        return new Batch(
                is.id(), is.owner(), over, is.total(), is.inputLength(), exact, is.cursor(), is.created(), is.begun(),
                is.changed(), is.cancelling(), now, is.expires());
    }

    @Override
    public List<LineResult> results(Batch batch, int from, int limit, long maxBytes) {
        List<LineResult> results = new ArrayList<>();
        long bytes = 0;
        for (int line = from; line < batch.total() && results.size() < limit; line++) {
            Optional<LineResult> result = result(batch, line);
            if (result.isEmpty()) {
                continue;
            }
            bytes += result.get().json().length;
            if (bytes > maxBytes && !results.isEmpty()) {
                break;
            }
            results.add(result.get());
        }
        return List.copyOf(results);
    }

    private Optional<LineResult> result(Batch batch, int line) {
        return Optional.ofNullable(lines.get(new LineKey(batch.id(), line)))
                .flatMap(is -> Optional.ofNullable(is.result()));
    }

    /** The batch as it is after the change; empty where there is none, or it has expired. */
    private Optional<Batch> change(String id, long now, Function<Batch, Batch> change) {
        Stored after = batches.computeIfPresent(
                id,
                (_, is) -> is.batch().expires() <= now
                        ? is
                        : new Stored(change.apply(is.batch()), is.input(), is.listed()));
        return Optional.ofNullable(after).map(Stored::batch).filter(batch -> batch.expires() > now);
    }
}
