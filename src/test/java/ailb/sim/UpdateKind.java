package ailb.sim;

import ailb.state.Assignment;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.WindowSlot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What a write is for, going by what it assigns. */
enum UpdateKind {
    ADMISSION,
    ADMISSION_WITH_ANSWERS,
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

    private static final Map<Attribute, WindowSlot> SLOTS = new HashMap<>();

    static {
        Attribute.WINDOW.forEach(slot -> {
            SLOTS.put(slot.epoch(), slot);
            slot.counters().forEach(counter -> SLOTS.put(counter, slot));
        });
    }

    static final long OPEN = 1;
    static final long HALF_OPEN = 2;

    static UpdateKind of(ConditionalUpdate update) {
        List<Attribute> set = new ArrayList<>();
        List<Attribute> removed = new ArrayList<>();
        for (Assignment assignment : update.assignments()) {
            (assignment instanceof Assignment.Remove ? removed : set).add(assignment.attribute());
        }
        boolean admits = Attribute.WINDOW.stream().anyMatch(slot -> set.contains(slot.admitted()));
        if (set.contains(Attribute.TOTAL_REQUESTS)) {
            return admits ? ADMISSION_WITH_ANSWERS : report(update, set, removed);
        }
        if (admits) {
            return set.contains(Attribute.BREAKER) ? PROBE : ADMISSION;
        }
        if (set.contains(Attribute.OPEN_UNTIL)) {
            return OPENING;
        }
        if (removed.contains(Attribute.BREAKER)) {
            return CLOSING;
        }
        if (set.contains(Attribute.BREAKER)) {
            return PROBE_FAILED_EARLY;
        }
        return set.contains(Attribute.PROBE_UNTIL) ? ABANDONING : OTHER;
    }

    private static UpdateKind report(ConditionalUpdate update, List<Attribute> set, List<Attribute> removed) {
        if (removed.contains(Attribute.CONSECUTIVE_FAILURES)) {
            return REPORT_OF_ANSWERS;
        }
        if (set.contains(Attribute.CONSECUTIVE_FAILURES)) {
            return REPORT_OF_A_FAULT;
        }
        boolean current = update.guards().stream().anyMatch(guard -> guard.attribute().equals(Attribute.GENERATION));
        return current ? REPORT_OF_A_REFUSAL : LATE_REPORT;
    }

    boolean isReport() {
        return this == ADMISSION_WITH_ANSWERS
                || this == REPORT_OF_ANSWERS
                || this == REPORT_OF_A_FAULT
                || this == REPORT_OF_A_REFUSAL
                || this == LATE_REPORT;
    }

    /** Whether it moves a breaker, or tells of a failure. */
    boolean ofHealth() {
        return this == PROBE
                || this == REPORT_OF_A_FAULT
                || this == REPORT_OF_A_REFUSAL
                || this == OPENING
                || this == PROBE_FAILED_EARLY
                || this == CLOSING
                || this == ABANDONING;
    }

    boolean admits() {
        return admitsAsUsual() || this == PROBE;
    }

    boolean admitsAsUsual() {
        return this == ADMISSION || this == ADMISSION_WITH_ANSWERS;
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

    /** The slot of the window that the write counts in. */
    static Optional<WindowSlot> slot(ConditionalUpdate update) {
        for (Assignment assignment : update.assignments()) {
            WindowSlot slot = SLOTS.get(assignment.attribute());
            if (slot != null) {
                return Optional.of(slot);
            }
        }
        return Optional.empty();
    }
}
