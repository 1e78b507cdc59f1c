package ailb.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One number in an endpoint's item. Names have two letters, because the item must stay under 1 KB: above that every
 * write costs double. There is one object for each, so that they are told apart by identity.
 *
 * <p>Points in time are nanoseconds since the epoch, money is nano-dollars, everything else counts.
 */
public final class Attribute {

    /** In the order they are made in; the first of all fields, as each of the others adds itself. */
    private static final List<Attribute> ALL = new ArrayList<>();

    /** Theoretical arrival times of the limits (see {@code ailb.admission}). */
    public static final Attribute REQUESTS = new Attribute("rq");

    public static final Attribute TOKENS = new Attribute("tk");
    public static final Attribute INPUT_TOKENS = new Attribute("ti");
    public static final Attribute OUTPUT_TOKENS = new Attribute("to");
    public static final Attribute ROLLING_DAY = new Attribute("rd");

    /** The same for the calls that are retries, which may be a part of all. */
    public static final Attribute RETRIES = new Attribute("rt");

    /** Requests of one calendar day: its number since the epoch, and the count. */
    public static final Attribute DAY = new Attribute("dn");

    public static final Attribute DAY_REQUESTS = new Attribute("dc");

    /** No call before this moment: the provider said so. */
    public static final Attribute HOLD = new Attribute("ho");

    /** Bumped by every move of the breaker; reports that carry an older one change nothing of its health. */
    public static final Attribute GENERATION = new Attribute("gn");

    /** Absent while the breaker is closed. */
    public static final Attribute BREAKER = new Attribute("bs");

    public static final Attribute CONSECUTIVE_FAILURES = new Attribute("cf");

    /** Number of the call up to which the faults so far are explained by chance (see {@code ailb.health}). */
    public static final Attribute FAULT_LEVEL = new Attribute("fl");

    public static final Attribute OPENINGS = new Attribute("oc");
    public static final Attribute OPEN_UNTIL = new Attribute("ou");
    public static final Attribute PROBE_UNTIL = new Attribute("pu");
    public static final Attribute REASON = new Attribute("re");
    public static final Attribute RECOVERED_AT = new Attribute("ra");

    /** Of an opening for credentials: which key was refused, as a digest. */
    public static final Attribute KEY_VERSION = new Attribute("kv");

    public static final Attribute TOTAL_REQUESTS = new Attribute("nr");
    public static final Attribute TOTAL_FAILURES = new Attribute("nf");
    public static final Attribute TOTAL_RATE_LIMITED = new Attribute("nl");
    public static final Attribute TOTAL_INPUT_TOKENS = new Attribute("ni");
    public static final Attribute TOTAL_OUTPUT_TOKENS = new Attribute("no");

    /** Spend of one UTC day: its number since the epoch, and the nano-dollars. */
    public static final Attribute SPEND_DAY = new Attribute("sd");

    public static final Attribute SPEND = new Attribute("sp");

    /** The p95 of latency as a window last told it, in nanoseconds, and when that was. */
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

    /** How many there are. */
    static int count() {
        return ALL.size();
    }

    /** How the store calls it. */
    public String name() {
        return name;
    }

    /** Its number among all, from 0. */
    int index() {
        return index;
    }

    @Override
    public String toString() {
        return name;
    }
}
