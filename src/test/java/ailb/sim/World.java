package ailb.sim;

import ailb.api.ClientKeys;
import ailb.pool.Pool;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * What all parts of a run share.
 *
 * @param random the only source of chance; one thread runs at a time, so its numbers come in the same order each time
 */
record World(
        Simulation time,
        Random random,
        Course course,
        LeftOut leftOut,
        Pool pool,
        Faults faults,
        Offences offences,
        Counts counts,
        Ledger ledger,
        SharedItems items,
        Providers providers,
        BatchSide batch) {

    /** What is counted beside faults. */
    static final class Counts {
        long requests;
        long answered;
        long calls;
        long callsAlone;
        long callsByLease;
        long callsAfterAFreeze;
        long refusals;
        long writes;
        long permits;
        long permitsLost;
        long awaits;
        long trouble;
        final Set<GuardOfKind> guards = new HashSet<>();
    }

    /** Callers' keys: one, which is looked up when a caller comes with another. */
    ClientKeys clientKeys() {
        return new ClientKeys() {
            @Override
            public Map<String, String> current() {
                return Map.of("default", Asked.KEY);
            }

            @Override
            public Map<String, String> refreshed() {
                return current();
            }
        };
    }

    boolean isStoreOut() {
        if (course.isStoreOut(time.now())) {
            faults.count(Fault.STORE_OUTAGE);
            return true;
        }
        return false;
    }
}
