package ailb.sim;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Which invariants did not hold, with the first case of each. */
final class Offences {

    private final Simulation time;
    private final Map<Invariant, String> first = new EnumMap<>(Invariant.class);
    private final Map<Invariant, Long> counts = new EnumMap<>(Invariant.class);

    Offences(Simulation time) {
        this.time = time;
    }

    void check(boolean holds, Invariant invariant, Supplier<String> otherwise) {
        if (!holds) {
            counts.merge(invariant, 1L, Long::sum);
            first.computeIfAbsent(invariant, _ -> "at " + time.now() + ": " + otherwise.get());
        }
    }

    boolean none() {
        return first.isEmpty();
    }

    Set<Invariant> broken() {
        return first.keySet();
    }

    @Override
    public String toString() {
        return first.entrySet()
                .stream()
                .map(entry -> entry.getKey() + " (" + counts.get(entry.getKey()) + "x, first " + entry.getValue() + ")")
                .collect(Collectors.joining("; "));
    }
}
