package ailb.sim;

import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Decides by lot when a fault strikes, and counts. */
final class Faults {

    private final Set<Fault> possible;
    private final Random random;
    private final Map<Fault, Long> struck = new EnumMap<>(Fault.class);

    /** @param possible the others never strike */
    Faults(Set<Fault> possible, Random random) {
        this.possible = Set.copyOf(possible);
        this.random = random;
    }

    boolean isPossible(Fault fault) {
        return possible.contains(fault);
    }

    boolean none() {
        return possible.isEmpty();
    }

    boolean strikes(Fault fault, double probability) {
        if (!possible.contains(fault) || random.nextDouble() >= probability) {
            return false;
        }
        count(fault);
        return true;
    }

    void count(Fault fault) {
        struck.merge(fault, 1L, Long::sum);
    }

    long struck(Fault fault) {
        return struck.getOrDefault(fault, 0L);
    }

    /** How often each has struck that has. */
    Map<Fault, Long> struck() {
        return struck;
    }
}
