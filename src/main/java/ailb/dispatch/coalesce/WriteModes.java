package ailb.dispatch.coalesce;

import ailb.admission.Observation;
import ailb.pool.Endpoint;
import ailb.port.DispatchEvent;
import ailb.port.DispatchListener;
import ailb.port.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How this instance writes to the items of endpoints. An item takes so many writes a second, and nobody can make it take
 * more, so a busy one gets fewer for each call.
 */
public final class WriteModes implements DispatchListener {

    /** What DynamoDB makes of one item's writes a second: about 1,000. */
    private static final double ITEM_WRITES = 1000;

    /** A busy item that has refused a write is spared for so long, whatever its window shows. */
    private static final long SPARED_FOR = Duration.ofSeconds(30).toNanos();

    private final TimeSource time;

    /** Calls a second of the whole fleet from which reports wait for the next admission. */
    private final double deferredFrom;

    /** Calls a second from which permits are leased too: with one write a call the item would be full soon. */
    private final double leasedFrom;

    /** Calls a second from which sparing an item helps it: one with fewer is refused for other reasons. */
    private final double sparedFrom;

    private final Map<String, Long> throttled = new ConcurrentHashMap<>();

    public WriteModes(TimeSource time) {
        this(time, ITEM_WRITES);
    }

    /** @param itemWrites writes a second that one item takes */
    public WriteModes(TimeSource time, double itemWrites) {
        this.time = time;
        deferredFrom = itemWrites / 3;
        leasedFrom = itemWrites * 2 / 3;
        sparedFrom = itemWrites / 6;
    }

    /** Says how to write to an endpoint's item. */
    public interface Rule {
        Mode of(Endpoint endpoint, Observation seen);
    }

    public enum Mode {
        /** One write takes a permit, and one reports the call. */
        PLAIN,
        /** The report waits, and is made with the next admission. */
        DEFERRED_OUTCOMES,
        /** One write takes the permits of several calls, and reports several. */
        LEASED
    }

    @Override
    public void on(DispatchEvent event) {
        if (event instanceof DispatchEvent.Throttled(String endpoint)) {
            throttled.put(endpoint, time.now());
        }
    }

    /** By the calls of the whole fleet, which are the same in every mode: no mode switches itself off again. */
    public Mode of(Endpoint endpoint, Observation seen) {
        double calls = seen.callsPerSecond();
        Long refused = throttled.get(endpoint.name());
        boolean spared = refused != null && time.age(refused) < SPARED_FOR;
        if (calls >= (spared ? deferredFrom : leasedFrom)) {
            return Mode.LEASED;
        }
        return calls >= (spared ? sparedFrom : deferredFrom) ? Mode.DEFERRED_OUTCOMES : Mode.PLAIN;
    }
}
