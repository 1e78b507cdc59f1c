package ailb.sim;

import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.Guard;
import java.util.Comparator;
import java.util.Locale;

/**
 * A guard of a kind of write. Two that are equal are the same rule, at another moment or in the other slot of the window.
 */
record GuardOfKind(UpdateKind kind, Attribute attribute, Form form) implements Comparable<GuardOfKind> {

    private static final Attribute EPOCH = Attribute.WINDOW.getFirst().epoch();
    private static final Attribute OTHER_EPOCH = Attribute.WINDOW.getLast().epoch();

    private static final Comparator<GuardOfKind> ORDER = Comparator.comparing(GuardOfKind::kind)
            .thenComparing(guard -> guard.attribute().name())
            .thenComparing(GuardOfKind::form);

    enum Form {
        ABSENT,
        EQUAL,
        AT_MOST,
        AT_LEAST,
        BETWEEN
    }

    static GuardOfKind of(UpdateKind kind, Guard guard) {
        Attribute attribute = guard.attribute().equals(OTHER_EPOCH) ? EPOCH : guard.attribute();
        return new GuardOfKind(kind, attribute, formOf(kind, guard));
    }

    /** Absent, where the same rule asks for a value if there is one, is a form of that. */
    private static Form formOf(UpdateKind kind, Guard guard) {
        boolean moves = guard.attribute().equals(Attribute.GENERATION) || guard.attribute().equals(Attribute.BREAKER);
        return switch (guard) {
            case Guard.Absent _ when kind.admitsAsUsual() && moves -> Form.ABSENT;
            case Guard.Absent _ when moves -> Form.EQUAL;
            case Guard.Absent _ -> Form.AT_MOST;
            case Guard.Between(_, long low, long high) when low == high -> Form.EQUAL;
            case Guard.Between(_, long low, _) when low == Long.MIN_VALUE -> Form.AT_MOST;
            case Guard.Between(_, _, long high) when high == Long.MAX_VALUE -> Form.AT_LEAST;
            case Guard.Between _ -> Form.BETWEEN;
        };
    }

    /** The update without this guard. */
    ConditionalUpdate droppedFrom(ConditionalUpdate update) {
        if (UpdateKind.of(update) != kind) {
            return update;
        }
        return new ConditionalUpdate(
                update.guards().stream().filter(guard -> !of(kind, guard).equals(this)).toList(),
                update.assignments());
    }

    @Override
    public int compareTo(GuardOfKind other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return kind + ": " + (attribute.equals(EPOCH) ? "e0/e1" : attribute.name()) + " "
                + form.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
