package ailb.sim;

import ailb.state.Assignment;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.Guard;
import ailb.state.WindowSlot;
import java.util.Optional;
import java.util.OptionalLong;

/** What a write is for, going by what it assigns. */
enum UpdateKind {
    ADMISSION,
    PROBE,
    REPORT_OF_ANSWERS,
    REPORT_OF_A_FAULT,
    REPORT_OF_A_REFUSAL,
    LATE_REPORT,
    OPENING,
    PROBE_FAILED_EARLY,
    CLOSING,
    ABANDONING,
    OTHER;

    static final long OPEN = 1;
    static final long HALF_OPEN = 2;

    static UpdateKind of(ConditionalUpdate update) {
        if (assigned(update, Attribute.TOTAL_REQUESTS).isPresent()) {
            return report(update);
        }
        if (Attribute.WINDOW.stream().anyMatch(slot -> assigned(update, slot.admitted()).isPresent())) {
            return assigned(update, Attribute.BREAKER).isPresent() ? PROBE : ADMISSION;
        }
        if (assigned(update, Attribute.OPEN_UNTIL).isPresent()) {
            return OPENING;
        }
        if (isRemoved(update, Attribute.BREAKER)) {
            return CLOSING;
        }
        if (assigned(update, Attribute.BREAKER).isPresent()) {
            return PROBE_FAILED_EARLY;
        }
        return assigned(update, Attribute.PROBE_UNTIL).isPresent() ? ABANDONING : OTHER;
    }

    private static UpdateKind report(ConditionalUpdate update) {
        if (isRemoved(update, Attribute.CONSECUTIVE_FAILURES)) {
            return REPORT_OF_ANSWERS;
        }
        if (assigned(update, Attribute.CONSECUTIVE_FAILURES).isPresent()) {
            return REPORT_OF_A_FAULT;
        }
        boolean current = update.guards().stream().anyMatch(guard -> guard.attribute().equals(Attribute.GENERATION));
        return current ? REPORT_OF_A_REFUSAL : LATE_REPORT;
    }

    boolean isReport() {
        return this == REPORT_OF_ANSWERS
                || this == REPORT_OF_A_FAULT
                || this == REPORT_OF_A_REFUSAL
                || this == LATE_REPORT;
    }

    boolean admits() {
        return this == ADMISSION || this == PROBE;
    }

    /** What the write puts or adds; empty where it does neither. */
    static OptionalLong assigned(ConditionalUpdate update, Attribute attribute) {
        for (Assignment assignment : update.assignments()) {
            if (assignment.attribute().equals(attribute)) {
                return switch (assignment) {
                    case Assignment.Put(_, long value) -> OptionalLong.of(value);
                    case Assignment.Add(_, long delta) -> OptionalLong.of(delta);
                    case Assignment.Remove _ -> OptionalLong.empty();
                };
            }
        }
        return OptionalLong.empty();
    }

    static boolean isRemoved(ConditionalUpdate update, Attribute attribute) {
        return update.assignments()
                .stream()
                .anyMatch(assignment -> assignment instanceof Assignment.Remove
                        && assignment.attribute().equals(attribute));
    }

    /** The slot of the window that the write counts in. */
    static Optional<WindowSlot> slot(ConditionalUpdate update) {
        return Attribute.WINDOW.stream()
                .filter(slot -> assigned(update, slot.epoch()).isPresent()
                        || slot.counters().stream().anyMatch(counter -> assigned(update, counter).isPresent()))
                .findFirst();
    }

    /** A kind of guard: two of one name are the same rule, at another moment or in the other slot of the window. */
    static String name(Guard guard) {
        String attribute = guard.attribute().name();
        for (WindowSlot slot : Attribute.WINDOW) {
            if (slot.epoch().equals(guard.attribute())) {
                attribute = "e*";
            }
        }
        return switch (guard) {
            case Guard.Absent _ -> attribute + " absent";
            case Guard.Between(_, long low, long high) when low == high -> attribute + " = n";
            case Guard.Between(_, long low, _) when low == Long.MIN_VALUE -> attribute + " <= n";
            case Guard.Between(_, _, long high) when high == Long.MAX_VALUE -> attribute + " >= n";
            case Guard.Between _ -> attribute + " in m..n";
        };
    }
}
