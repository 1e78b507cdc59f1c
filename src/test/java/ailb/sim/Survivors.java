package ailb.sim;

import java.util.LinkedHashSet;
import java.util.Set;

/** Guards without which no invariant breaks on the seeds of {@link MutantTest}, by name, and why. */
final class Survivors {

    /** Every move of the breaker bumps the generation, which the same write guards too. */
    private static final Set<String> BESIDE_THE_GENERATION = Set.of(
            "PROBE: bs equal",
            "OPENING: bs equal",
            "PROBE_FAILED_EARLY: bs equal",
            "CLOSING: bs equal",
            "ABANDONING: bs equal");

    /** A count under a date that has moved on: the write made anew would add it under the newest date too. */
    private static final Set<String> COUNTED_ALL_THE_SAME = Set.of(
            "ADMISSION: dn equal",
            "ADMISSION: e0/e1 equal",
            "PROBE: dn equal",
            "PROBE: e0/e1 equal",
            "REPORT_OF_ANSWERS: e0/e1 equal",
            "REPORT_OF_ANSWERS: sd equal",
            "REPORT_OF_A_FAULT: e0/e1 equal",
            "REPORT_OF_A_FAULT: sd equal",
            "REPORT_OF_A_REFUSAL: e0/e1 equal",
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

    /** A write takes of all limits at once, and another guard of it refuses what this one would. */
    private static final Set<String> BESIDE_OTHER_LIMITS = Set.of(
            "ADMISSION: dn at most",
            "ADMISSION: ho at most",
            "ADMISSION: rd at most",
            "ADMISSION: ti between",
            "ADMISSION: tk at most",
            "ADMISSION: tk between",
            "ADMISSION: to between");

    /** Nothing has been shown: the race that this is for does not come up on so few and so short runs. */
    private static final Set<String> NOT_SHOWN = Set.of(
            "PROBE: gn equal",
            "REPORT_OF_A_FAULT: fl at least",
            "REPORT_OF_A_FAULT: fl at most",
            "REPORT_OF_A_FAULT: nr at most",
            "REPORT_OF_A_REFUSAL: gn equal",
            "REPORT_OF_A_REFUSAL: rq at most",
            "LATE_REPORT: sd at most",
            "OPENING: cf at least",
            "OPENING: gn equal",
            "PROBE_FAILED_EARLY: gn equal",
            "CLOSING: gn equal",
            "ABANDONING: gn equal");

    private Survivors() {}

    static Set<String> known() {
        Set<String> known = new LinkedHashSet<>(BESIDE_THE_GENERATION);
        known.addAll(COUNTED_ALL_THE_SAME);
        known.addAll(OF_A_PROBE);
        known.addAll(BESIDE_OTHER_LIMITS);
        known.addAll(NOT_SHOWN);
        return known;
    }
}
