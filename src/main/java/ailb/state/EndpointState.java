package ailb.state;

import java.util.HashMap;
import java.util.Map;

/**
 * One endpoint's item as it was at some moment. What the numbers mean is known to the package that writes them.
 *
 * @param values the attributes present; an absent one reads as 0
 */
public record EndpointState(Map<Attribute, Long> values) {

    public static final EndpointState EMPTY = new EndpointState(Map.of());

    public EndpointState {
        values = Map.copyOf(values);
    }

    public boolean has(Attribute attribute) {
        return values.containsKey(attribute);
    }

    /** The attribute's value, 0 where absent. */
    public long get(Attribute attribute) {
        return values.getOrDefault(attribute, 0L);
    }

    /** The state an update leaves behind, when its guards hold. */
    EndpointState apply(Iterable<Assignment> assignments) {
        Map<Attribute, Long> changed = new HashMap<>(values);
        for (Assignment assignment : assignments) {
            switch (assignment) {
                case Assignment.Put(Attribute attribute, long value) -> changed.put(attribute, value);
                case Assignment.Add(Attribute attribute, long delta) -> changed.merge(attribute, delta, Long::sum);
                case Assignment.Remove(Attribute attribute) -> changed.remove(attribute);
            }
        }
        return new EndpointState(changed);
    }
}
