package ailb.sim;

import ailb.state.Assignment;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.StateStore;
import ailb.state.UpdateResult;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a run is made without: a guard of a kind of write, or a rule.
 *
 * @param guard that the store passes over
 */
record LeftOut(Optional<GuardOfKind> guard, Set<Rule> rules) {

    static final LeftOut NOTHING = new LeftOut(Optional.empty(), EnumSet.noneOf(Rule.class));

    static LeftOut guard(GuardOfKind guard) {
        return new LeftOut(Optional.of(guard), EnumSet.noneOf(Rule.class));
    }

    static LeftOut rule(Rule rule) {
        return new LeftOut(Optional.empty(), EnumSet.of(rule));
    }

    boolean isOff(Rule rule) {
        return rules.contains(rule);
    }

    /** What an instance is told of an item. */
    EndpointState told(EndpointState state) {
        if (!isOff(Rule.ALONE_MEANS_A_SHARE)) {
            return state;
        }
        ConditionalUpdate.Builder hidden = ConditionalUpdate.builder();
        Attribute.WINDOW.forEach(slot -> hidden.put(slot.admitted(), 1));
        return hidden.build().applyTo(state);
    }

    /** The store without what is left out. */
    StateStore of(StateStore store) {
        return equals(NOTHING) ? store : new Without(store);
    }

    private final class Without implements StateStore {

        private final StateStore store;

        Without(StateStore store) {
            this.store = store;
        }

        @Override
        public Map<String, EndpointState> read(Collection<String> endpoints) {
            return store.read(endpoints);
        }

        @Override
        public UpdateResult update(String endpoint, ConditionalUpdate update) {
            UpdateKind kind = UpdateKind.of(update);
            boolean passedOver = (isOff(Rule.FAILING_IS_TAKEN_OUT) && kind == UpdateKind.OPENING)
                    || (isOff(Rule.CALLS_ARE_REPORTED) && kind.isReport() && !kind.admits());
            return passedOver
                    ? new UpdateResult.Applied(store.read(Set.of(endpoint)).get(endpoint))
                    : store.update(endpoint, changed(update, kind));
        }

        private ConditionalUpdate changed(ConditionalUpdate update, UpdateKind kind) {
            ConditionalUpdate changed = guard.map(dropped -> dropped.droppedFrom(update)).orElse(update);
            if (isOff(Rule.RETRIES_HAVE_A_BUDGET) && kind.admits()) {
                changed = without(changed, Attribute.RETRIES);
            }
            if (isOff(Rule.REFUSALS_ARE_REMEMBERED) && kind == UpdateKind.REPORT_OF_A_REFUSAL) {
                changed = without(without(changed, Attribute.HOLD), Attribute.REQUESTS);
            }
            if (isOff(Rule.ONLY_THE_UNUSED_IS_GIVEN_BACK) && kind.isReport()) {
                changed = givingBackTwice(changed);
            }
            if (isOff(Rule.MOVES_BUMP_THE_GENERATION) && kind != UpdateKind.OTHER) {
                changed = without(changed, Attribute.GENERATION);
            }
            return changed;
        }

        private static ConditionalUpdate givingBackTwice(ConditionalUpdate update) {
            return new ConditionalUpdate(
                    update.guards(),
                    update.assignments()
                            .stream()
                            .map(assignment -> assignment instanceof Assignment.Add(Attribute attribute, long delta)
                                    && delta < 0 ? new Assignment.Add(attribute, 2 * delta) : assignment)
                            .toList());
        }

        private static ConditionalUpdate without(ConditionalUpdate update, Attribute attribute) {
            return new ConditionalUpdate(
                    update.guards().stream().filter(guard -> !guard.attribute().equals(attribute)).toList(),
                    update.assignments()
                            .stream()
                            .filter(assignment -> !assignment.attribute().equals(attribute))
                            .toList());
        }
    }
}
