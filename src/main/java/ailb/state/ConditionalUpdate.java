package ailb.state;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/**
 * A change to one endpoint's item, as a value: all assignments are made atomically, if and only if all guards hold.
 *
 * @param guards at most one for each attribute
 * @param assignments at least one, and at most one for each attribute
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
        for (Guard guard : guards) {
            if (!guard.holds(state)) {
                return false;
            }
        }
        return true;
    }

    /** The state after the update, if all guards hold. */
    public EndpointState applyTo(EndpointState state) {
        return state.apply(assignments);
    }

    private static <T> void requireDistinct(List<T> parts, Function<T, Attribute> attributeOf) {
        BitSet seen = new BitSet(Attribute.count());
        for (T part : parts) {
            Attribute attribute = attributeOf.apply(part);
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
