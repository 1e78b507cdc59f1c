package ailb.state;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * A snapshot of one endpoint's item. The package that writes a number knows its meaning. The numbers are in an array
 * because every choice reads dozens of them for every endpoint. Immutable.
 */
public final class EndpointState {

    public static final EndpointState EMPTY = new EndpointState(Map.of());

    private final long[] values;
    private final BitSet present;

    /** @param values the attributes present */
    public EndpointState(Map<Attribute, Long> values) {
        this(new long[Attribute.count()], new BitSet(Attribute.count()));
        values.forEach(this::put);
    }

    private EndpointState(long[] values, BitSet present) {
        this.values = values;
        this.present = present;
    }

    public boolean has(Attribute attribute) {
        return present.get(attribute.index());
    }

    /** The attribute's value, 0 where absent. */
    public long get(Attribute attribute) {
        return values[attribute.index()];
    }

    /** The attributes present. */
    public Map<Attribute, Long> values() {
        Map<Attribute, Long> all = new HashMap<>();
        for (Attribute attribute : Attribute.all()) {
            if (has(attribute)) {
                all.put(attribute, get(attribute));
            }
        }
        return Map.copyOf(all);
    }

    /** The state after these assignments. */
    EndpointState apply(Iterable<Assignment> assignments) {
        EndpointState changed = new EndpointState(values.clone(), (BitSet) present.clone());
        for (Assignment assignment : assignments) {
            switch (assignment) {
                case Assignment.Put(Attribute attribute, long value) -> changed.put(attribute, value);
                case Assignment.Add(Attribute attribute, long delta) ->
                    changed.put(attribute, get(attribute) + delta);
                case Assignment.Remove(Attribute attribute) -> changed.remove(attribute);
            }
        }
        return changed;
    }

    private void put(Attribute attribute, long value) {
        values[attribute.index()] = value;
        present.set(attribute.index());
    }

    private void remove(Attribute attribute) {
        values[attribute.index()] = 0;
        present.clear(attribute.index());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EndpointState state
                && Arrays.equals(values, state.values)
                && present.equals(state.present);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "EndpointState" + values();
    }
}
