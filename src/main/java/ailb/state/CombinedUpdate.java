package ailb.state;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Combines two successive changes to one item into one write (ADR 20). It is applied exactly if both would have been
 * applied.
 */
public final class CombinedUpdate {

    private final EndpointState known;
    private final EndpointState between;
    private final Map<Attribute, Guard> guards = new LinkedHashMap<>();
    private final Map<Attribute, Assignment> assignments = new LinkedHashMap<>();

    private CombinedUpdate(EndpointState known, ConditionalUpdate first) {
        this.known = known;
        this.between = first.applyTo(known);
        first.guards().forEach(guard -> guards.put(guard.attribute(), guard));
        first.assignments().forEach(assignment -> assignments.put(assignment.attribute(), assignment));
    }

    /**
     * The write that makes both changes; empty if the second can never follow the first.
     *
     * @param known the item as last seen
     * @param second computed from the item as the first leaves it
     */
    public static Optional<ConditionalUpdate> of(EndpointState known, ConditionalUpdate first,
            ConditionalUpdate second) {
        CombinedUpdate joined = new CombinedUpdate(known, first);
        for (Guard guard : second.guards()) {
            if (!joined.guard(guard)) {
                return Optional.empty();
            }
        }
        second.assignments().forEach(joined::assign);
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        joined.guards.values().forEach(update::guard);
        joined.assignments.values().forEach(assignment -> assign(update, assignment));
        return Optional.of(update.build());
    }

    private static void assign(ConditionalUpdate.Builder update, Assignment assignment) {
        switch (assignment) {
            case Assignment.Put(Attribute attribute, long value) -> update.put(attribute, value);
            case Assignment.Add(Attribute attribute, long delta) -> update.add(attribute, delta);
            case Assignment.Remove(Attribute attribute) -> update.remove(attribute);
        }
    }

    /** Adds a guard of the second change. Returns false if it cannot hold. */
    private boolean guard(Guard guard) {
        return switch (assignments.get(guard.attribute())) {
            case null -> and(guard);
            case Assignment.Put _,Assignment.Remove _ -> guard.holds(between);
            case Assignment.Add(Attribute attribute, long delta) when known.has(attribute) ->
                guard instanceof Guard.Between range && and(before(range, delta));
            case Assignment.Add(Attribute attribute, _) -> guard.holds(between) && and(new Guard.Absent(attribute));
        };
    }

    /** Converts a range for the value after an addition to one for the value before it. */
    private static Guard before(Guard.Between range, long delta) {
        return new Guard.Between(range.attribute(), less(range.low(), delta), less(range.high(), delta));
    }

    private static long less(long bound, long delta) {
        return bound == Long.MIN_VALUE || bound == Long.MAX_VALUE ? bound : bound - delta;
    }

    private boolean and(Guard guard) {
        Guard other = guards.putIfAbsent(guard.attribute(), guard);
        if (other == null || other.equals(guard)) {
            return true;
        }
        if (!(other instanceof Guard.Between one && guard instanceof Guard.Between two)) {
            return false;
        }
        long low = Math.max(one.low(), two.low());
        long high = Math.min(one.high(), two.high());
        if (low <= high) {
            guards.put(guard.attribute(), new Guard.Between(guard.attribute(), low, high));
        }
        return low <= high;
    }

    private void assign(Assignment second) {
        Attribute attribute = second.attribute();
        assignments.merge(attribute, second, (first, _) -> switch (second) {
            case Assignment.Put _,Assignment.Remove _ -> second;
            case Assignment.Add(_, long delta) -> switch (first) {
                case Assignment.Put(_, long value) -> new Assignment.Put(attribute, value + delta);
                case Assignment.Add(_, long before) -> new Assignment.Add(attribute, before + delta);
                case Assignment.Remove _ -> new Assignment.Put(attribute, delta);
            };
        });
    }
}
