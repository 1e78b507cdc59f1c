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
 * How this instance writes to the items of endpoints. An item takes a fixed number of writes a second, so a busy one
 * gets fewer writes for each call.
 */
public final class WriteModes implements DispatchListener {

    /** Writes a second that DynamoDB takes for one item: about 1,000. */
    private static final double ITEM_WRITES = 1000;

    /** After a busy item has refused a write, it gets fewer writes for this long, whatever its window shows. */
    private static final long SPARED_FOR = Duration.ofSeconds(30).toNanos();

    private final TimeSource time;

    /** Calls a second of the whole fleet from which outcomes wait for the next admission. */
    private final double deferredFrom;

    /** Calls a second from which permits are leased too: even one write a call would soon be too many. */
    private final double leasedFrom;

    /** Calls a second from which fewer writes help. With fewer calls, writes are refused for other reasons. */
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

    /** Decides how to write to an endpoint's item. */
    public interface Rule {
        Mode of(Endpoint endpoint, Observation seen);
    }

    public enum Mode {
        /** One write takes a permit, and one records the outcome. */
        PLAIN,
        /** The outcome waits, and is recorded with the next admission. */
        DEFERRED_OUTCOMES,
        /** One write takes the permits of several calls, and records several outcomes. */
        LEASED
    }

    @Override
    public void on(DispatchEvent event) {
        if (event instanceof DispatchEvent.Throttled(String endpoint)) {
            throttled.put(endpoint, time.now());
        }
    }

    /** Goes by the calls of the whole fleet. They are the same in every mode, so no mode switches itself off again. */
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
