package ailb.sim;

import java.util.LinkedHashSet;
import java.util.Set;

/** Guards without which no invariant need break, by name, and why. */
final class Survivors {

    /** Only a move of the breaker changes these, and it bumps the generation, which the same write guards too. */
    private static final Set<String> BESIDE_THE_GENERATION = Set.of(
            "ADMISSION_WITH_ANSWERS: bs absent",
            "REPORT_OF_A_FAULT: fl at least");

    /** A count under a date that has moved on: the write made anew would add it under the newest date too. */
    private static final Set<String> COUNTED_ALL_THE_SAME = Set.of(
            "ADMISSION: dn equal",
            "ADMISSION: e0/e1 equal",
            "ADMISSION_WITH_ANSWERS: e0/e1 equal",
            "ADMISSION_WITH_ANSWERS: sd equal",
            "PROBE: dn equal",
            "PROBE: e0/e1 equal",
            "REPORT_OF_ANSWERS: e0/e1 equal",
            "REPORT_OF_ANSWERS: sd equal",
            "REPORT_OF_A_FAULT: e0/e1 equal",
            "REPORT_OF_A_FAULT: sd equal",
            "REPORT_OF_A_REFUSAL: e0/e1 equal",
            "REPORT_OF_A_REFUSAL: sd equal",
            "LATE_REPORT: sd equal");

    /** While an endpoint is out nobody else is admitted: behind the generation's guard only late reports move these. */
    private static final Set<String> OF_A_PROBE = Set.of(
            "PROBE: dc between",
            "PROBE: dn at most",
            "PROBE: e0/e1 at most",
            "PROBE: ho at most",
            "PROBE: rd at most",
            "PROBE: rd between",
            "PROBE: rq at most",
            "PROBE: rq between",
            "PROBE: rt at most",
            "PROBE: rt between",
            "PROBE: ti at most",
            "PROBE: ti between",
            "PROBE: tk at most",
            "PROBE: tk between",
            "PROBE: to at most",
            "PROBE: to between");

    /** A write takes of all limits at once, and a refusal raises them: another guard refuses what this one would. */
    private static final Set<String> BESIDE_OTHER_LIMITS = Set.of(
            "ADMISSION: ho at most",
            "ADMISSION: tk between",
            "ADMISSION_WITH_ANSWERS: ho at most",
            "ADMISSION_WITH_ANSWERS: rt at most",
            "ADMISSION_WITH_ANSWERS: tk at most",
            "ADMISSION_WITH_ANSWERS: tk between",
            "ADMISSION_WITH_ANSWERS: to at most",
            "ADMISSION_WITH_ANSWERS: to between",
            "REPORT_OF_A_REFUSAL: ho at most");

    /** The same rule guards another kind of write, where it is shown; of this kind hardly any are made, or too late. */
    private static final Set<String> SHOWN_ELSEWHERE = Set.of(
            "ADMISSION_WITH_ANSWERS: gn absent",
            "ADMISSION_WITH_ANSWERS: gn equal",
            "REPORT_OF_ANSWERS: ho at most",
            "REPORT_OF_ANSWERS: rq at most",
            "REPORT_OF_A_REFUSAL: sd at most",
            "LATE_REPORT: ho at most",
            "LATE_REPORT: rq at most");

    private Survivors() {}

    static Set<String> known() {
        Set<String> known = new LinkedHashSet<>(BESIDE_THE_GENERATION);
        known.addAll(COUNTED_ALL_THE_SAME);
        known.addAll(OF_A_PROBE);
        known.addAll(BESIDE_OTHER_LIMITS);
        known.addAll(SHOWN_ELSEWHERE);
        return known;
    }
}
