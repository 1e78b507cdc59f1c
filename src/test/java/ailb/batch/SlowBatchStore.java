package ailb.batch;

import ailb.sim.Simulation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The in-memory store of batches, a way away: a call may get lost before it is made and after. */
final class SlowBatchStore implements BatchStore {

    private static final long ONE_WAY = Duration.ofMillis(3).toNanos();

    final InMemoryBatchStore records = new InMemoryBatchStore();
    boolean down;

    /** Claims are made, and their answers are lost. */
    boolean claimsUnheard;

    /** How long it takes it not to answer. */
    Duration silence = Duration.ZERO;

    /** The batch whose record no worker can read. */
    String odd = "";

    private final Simulation time;
    private final Map<LineKey, Long> recorded = new HashMap<>();

    SlowBatchStore(Simulation time) {
        this.time = time;
    }

    private <T> T there(Supplier<T> call) {
        pass(ONE_WAY);
        if (down) {
            pass(silence.toNanos());
            throw new BatchStoreException("down", new IllegalStateException("down"));
        }
        T result = call.get();
        pass(ONE_WAY);
        return result;
    }

    private void pass(long nanos) {
        try {
            time.sleep(nanos);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param line the batch and the number, with a stroke between */
    boolean isRecorded(String line) {
        int stroke = line.lastIndexOf('/');
        return recorded.containsKey(
                new LineKey(line.substring(0, stroke), Integer.parseInt(line.substring(stroke + 1))));
    }

    @Override
    public void create(Batch batch, byte[] input) {
        there(() -> {
            records.create(batch, input);
            return true;
        });
    }

    @Override
    public Batch ensureDirect(String id, long now, long expires) {
        return there(() -> records.ensureDirect(id, now, expires));
    }

    @Override
    public Optional<Batch> find(String id, long now) {
        if (id.equals(odd)) {
            throw new IllegalStateException(id);
        }
        return there(() -> records.find(id, now));
    }

    @Override
    public List<Batch> list(Optional<String> before, int limit, long now) {
        return there(() -> records.list(before, limit, now));
    }

    @Override
    public List<Batch> listOf(String owner, Optional<String> before, int limit, long now) {
        return there(() -> records.listOf(owner, before, limit, now));
    }

    @Override
    public byte[] input(String id, long offset) {
        return there(() -> records.input(id, offset));
    }

    @Override
    public boolean advance(String id, Cursor from, Cursor to, long now) {
        return there(() -> records.advance(id, from, to, now));
    }

    @Override
    public Optional<Batch> cancel(String id, long now) {
        return there(() -> records.cancel(id, now));
    }

    @Override
    public Claim claim(LineKey line, String token, long now, long until, long expires) {
        Claim claim = there(() -> records.claim(line, token, now, until, expires));
        if (claimsUnheard) {
            throw new BatchStoreException("no reply", new IllegalStateException("no reply"));
        }
        return claim;
    }

    @Override
    public void release(LineKey line, String token, int failedAttempts) {
        there(() -> {
            records.release(line, token, failedAttempts);
            return true;
        });
    }

    @Override
    public boolean finish(LineKey line, String token, LineResult result, long expires) {
        return there(() -> {
            boolean ours = records.finish(line, token, result, expires);
            if (ours) {
                recorded.putIfAbsent(line, time.now());
            }
            return ours;
        });
    }

    @Override
    public Optional<Batch> count(String id, Counts more, long now) {
        return there(() -> records.count(id, more, now));
    }

    @Override
    public Counts recount(Batch batch) {
        return there(() -> records.recount(batch));
    }

    @Override
    public boolean end(String id, BatchStatus over, Counts exact, long now) {
        return there(() -> records.end(id, over, exact, now));
    }

    @Override
    public List<LineResult> results(Batch batch, int from, int limit, long maxBytes) {
        return there(() -> records.results(batch, from, limit, maxBytes));
    }
}
