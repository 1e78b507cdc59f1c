package ailb.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One number in an endpoint's item (ADR 3). Names have two letters, because the item must stay under 1 KB: above that
 * every write costs double. Each attribute is a single object, so they can be compared by identity.
 *
 * <p>Points in time are nanoseconds since the epoch, money is nano-dollars, everything else counts.
 */
public final class Attribute {

    /** In the order of creation. Must be the first field, because each of the others adds itself. */
    private static final List<Attribute> ALL = new ArrayList<>();

    /** Theoretical arrival times of the limits (see {@code ailb.admission}). */
    public static final Attribute REQUESTS = new Attribute("rq");

    public static final Attribute TOKENS = new Attribute("tk");
    public static final Attribute INPUT_TOKENS = new Attribute("ti");
    public static final Attribute OUTPUT_TOKENS = new Attribute("to");
    public static final Attribute ROLLING_DAY = new Attribute("rd");

    /** Theoretical arrival time of the limit on retries, which may be a share of all calls only. */
    public static final Attribute RETRIES = new Attribute("rt");

    /** Requests of one calendar day: the day's number since the epoch, and the count. */
    public static final Attribute DAY = new Attribute("dn");

    public static final Attribute DAY_REQUESTS = new Attribute("dc");

    /** No calls before this moment, because the provider asked for it. */
    public static final Attribute HOLD = new Attribute("ho");

    /** Increased by every state change of the breaker. A report with an older generation does not change the health. */
    public static final Attribute GENERATION = new Attribute("gn");

    /** Absent while the breaker is closed. */
    public static final Attribute BREAKER = new Attribute("bs");

    public static final Attribute CONSECUTIVE_FAILURES = new Attribute("cf");

    /**
     * The number of the call up to which the faults so far are explained by chance (ADR 8; see {@code ailb.health}).
     */
    public static final Attribute FAULT_LEVEL = new Attribute("fl");

    public static final Attribute OPENINGS = new Attribute("oc");
    public static final Attribute OPEN_UNTIL = new Attribute("ou");
    public static final Attribute PROBE_UNTIL = new Attribute("pu");
    public static final Attribute REASON = new Attribute("re");
    public static final Attribute RECOVERED_AT = new Attribute("ra");

    /** If the breaker opened because of the key: a digest of the refused key. */
    public static final Attribute KEY_VERSION = new Attribute("kv");

    public static final Attribute TOTAL_REQUESTS = new Attribute("nr");
    public static final Attribute TOTAL_FAILURES = new Attribute("nf");
    public static final Attribute TOTAL_RATE_LIMITED = new Attribute("nl");
    public static final Attribute TOTAL_INPUT_TOKENS = new Attribute("ni");
    public static final Attribute TOTAL_OUTPUT_TOKENS = new Attribute("no");

    /** Spend of one UTC day: the day's number since the epoch, and the nano-dollars. */
    public static final Attribute SPEND_DAY = new Attribute("sd");

    public static final Attribute SPEND = new Attribute("sp");

    /** The last known p95 of latency in nanoseconds, and the time it was recorded (ADR 9). */
    public static final Attribute P95 = new Attribute("lp");

    public static final Attribute P95_AT = new Attribute("la");

    /** The two slots of the rolling window, used in turn. */
    public static final List<WindowSlot> WINDOW = List.of(WindowSlot.of(0), WindowSlot.of(1));

    private final String name;
    private final int index;

    Attribute(String name) {
        if (name.length() != 2) {
            throw new IllegalArgumentException("an attribute's name has two letters: " + name);
        }
        this.name = name;
        this.index = ALL.size();
        ALL.add(this);
    }

    /** Every attribute an item may have. */
    public static List<Attribute> all() {
        return Collections.unmodifiableList(ALL);
    }

    /** The number of attributes. */
    static int count() {
        return ALL.size();
    }

    /** The name in the store. */
    public String name() {
        return name;
    }

    /** The index in {@link #all}, from 0. */
    int index() {
        return index;
    }

    @Override
    public String toString() {
        return name;
    }
}
