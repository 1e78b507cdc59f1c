package ailb.state;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/**
 * A change to one endpoint's item, as a value: all assignments are made at once, if and only if all guards hold.
 *
 * @param guards at most one an attribute
 * @param assignments at least one, at most one an attribute
 */
public record ConditionalUpdate(List<Guard> guards, List<Assignment> assignments) {

    public ConditionalUpdate {
        guards = List.copyOf(guards);
        assignments = List.copyOf(assignments);
        if (assignments.isEmpty()) {
            throw new IllegalArgumentException("an update without assignments");
        }
        requireDistinct(guards, Guard::attribute);
        requireDistinct(assignments, Assignment::attribute);
    }

    public boolean allowedBy(EndpointState state) {
        return guards.stream().allMatch(guard -> guard.holds(state));
    }

    /** What becomes of a state whose guards all hold. */
    public EndpointState applyTo(EndpointState state) {
        return state.apply(assignments);
    }

    private static <T> void requireDistinct(List<T> parts, Function<T, Attribute> of) {
        BitSet seen = new BitSet(Attribute.count());
        for (T part : parts) {
            Attribute attribute = of.apply(part);
            if (seen.get(attribute.index())) {
                throw new IllegalArgumentException("twice in one update: " + attribute);
            }
            seen.set(attribute.index());
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects what several rules contribute to one write. */
    public static final class Builder {

        private final List<Guard> guards = new ArrayList<>();
        private final List<Assignment> assignments = new ArrayList<>();

        private Builder() {}

        public Builder guard(Guard guard) {
            guards.add(guard);
            return this;
        }

        public Builder put(Attribute attribute, long value) {
            assignments.add(new Assignment.Put(attribute, value));
            return this;
        }

        public Builder add(Attribute attribute, long delta) {
            assignments.add(new Assignment.Add(attribute, delta));
            return this;
        }

        public Builder remove(Attribute attribute) {
            assignments.add(new Assignment.Remove(attribute));
            return this;
        }

        public ConditionalUpdate build() {
            return new ConditionalUpdate(guards, assignments);
        }
    }
}
