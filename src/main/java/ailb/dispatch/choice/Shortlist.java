package ailb.dispatch.choice;

import ailb.admission.Demand;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The endpoints that could take a call now or soon.
 *
 * @param entries none of which is out; in no particular order
 * @param now when it was drawn up, nanoseconds since the epoch
 */
public record Shortlist(List<Entry> entries, long now) {

    /** A slot due within this time is as good as free. */
    public static final long SOON = Duration.ofMillis(250).toNanos();

    public Shortlist {
        entries = List.copyOf(entries);
    }

    /**
     * An endpoint that could take the call.
     *
     * @param access as what the call would come to it
     * @param room from when on it has room, nanoseconds since the epoch
     * @param maxWait longest wait that leaves time for the call itself, nanoseconds
     * @param tried whether it has failed this request before
     */
    public record Entry(
            Endpoint endpoint, Demand demand, Breaker.Access access, long room, long maxWait, boolean tried) {}

    /** Those to choose from by weight, all with room at once. One that has failed only where no other is left. */
    public List<Entry> ready() {
        boolean others = entries.stream().anyMatch(entry -> !entry.tried() && waits(entry));
        return entries.stream()
                .filter(entry -> entry.tried() != others && entry.room() <= now + Math.min(SOON, entry.maxWait()))
                .toList();
    }

    /** The one worth waiting for when none is ready. */
    public Optional<Entry> soonest() {
        return entries.stream()
                .filter(this::waits)
                .min(Comparator.comparing(Entry::tried).thenComparingLong(Entry::room));
    }

    private boolean waits(Entry entry) {
        return entry.room() <= now + entry.maxWait();
    }
}
