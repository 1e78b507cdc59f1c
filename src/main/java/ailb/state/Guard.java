package ailb.state;

/** A condition on one attribute that must hold for an update to be made. */
public sealed interface Guard {

    Attribute attribute();

    boolean holds(EndpointState state);

    /** Present, and {@code low <= value <= high}. */
    record Between(Attribute attribute, long low, long high) implements Guard {

        public Between {
            if (low > high) {
                throw new IllegalArgumentException(attribute + " can never be between " + low + " and " + high);
            }
        }

        @Override
        public boolean holds(EndpointState state) {
            return state.has(attribute) && low <= state.get(attribute) && state.get(attribute) <= high;
        }
    }

    /** Not in the item. */
    record Absent(Attribute attribute) implements Guard {

        @Override
        public boolean holds(EndpointState state) {
            return !state.has(attribute);
        }
    }

    static Guard equal(Attribute attribute, long value) {
        return new Between(attribute, value, value);
    }

    /** The attribute is the same as in the state: equal, or absent. */
    static Guard unchanged(EndpointState state, Attribute attribute) {
        return state.has(attribute) ? equal(attribute, state.get(attribute)) : new Absent(attribute);
    }

    /** The attribute is at most {@code high}. If the state lacks it, the guard requires that it is still absent. */
    static Guard atMost(EndpointState state, Attribute attribute, long high) {
        return state.has(attribute) ? new Between(attribute, Long.MIN_VALUE, high) : new Absent(attribute);
    }
}
