package ailb.sim;

import ailb.pool.Settings;
import ailb.state.Assignment;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What holds for the breaker of an endpoint, going by section 3 of the design. */
final class BreakerRules {

    /** Reasons by their numbers in the item, of failures that need a person. */
    private static final Set<Long> FOR_A_PERSON = Set.of(2L, 4L, 5L);

    private static final long CREDENTIAL = 4;

    /** By so many calls a report's view of the fault level may be behind. */
    private static final long LEEWAY = 10;

    /** Calls that may be admitted while an opening is being written. */
    private static final int MOST_FAILING = 20;

    private final Offences offences;
    private final long inARow;

    /** Faults in a row that always take an endpoint out. */
    private final long hard;

    /** Of so many calls one fault is explained by chance. */
    private final long step;

    private final Map<String, Long> levels = new HashMap<>();
    private final Map<String, Integer> admittedFailing = new HashMap<>();
    private final Map<String, Simulation.Life> reporters = new HashMap<>();

    BreakerRules(Offences offences, Settings.Health health) {
        this.offences = offences;
        this.inARow = health.consecutiveErrors();
        this.hard = health.hardConsecutiveErrors();
        this.step = health.suspectErrorRate() > 0.25 ? 2 : 4;
    }

    /** @param permit of the call that the write's thread made last, if it is known */
    void check(SharedItems.Write write, UpdateKind kind, @Nullable Permit permit) {
        EndpointState before = write.before();
        EndpointState after = write.after();
        long bumped = after.get(Attribute.GENERATION) - before.get(Attribute.GENERATION);
        boolean moved = before.has(Attribute.BREAKER) != after.has(Attribute.BREAKER)
                || before.get(Attribute.BREAKER) != after.get(Attribute.BREAKER)
                || before.get(Attribute.PROBE_UNTIL) != after.get(Attribute.PROBE_UNTIL)
                || before.get(Attribute.OPEN_UNTIL) != after.get(Attribute.OPEN_UNTIL);
        offences.check(bumped == 1 || (bumped == 0 && !moved), Invariant.GENERATION_GROWS, () -> told(write, kind));
        switch (kind) {
            case ADMISSION, ADMISSION_WITH_ANSWERS -> {
                offences.check(!before.has(Attribute.BREAKER), Invariant.OPEN_MEANS_OUT, () -> told(write, kind));
                failing(write);
            }
            case PROBE -> probe(write);
            case OPENING -> {
                mover(write, kind, permit);
                opening(write);
            }
            case PROBE_FAILED_EARLY, CLOSING -> mover(write, kind, permit);
            case ABANDONING ->
                offences.check(
                        write.writer().instance().hasProbed(write.endpoint(), before.get(Attribute.GENERATION)),
                        Invariant.MOVED_BY_ITS_GENERATION,
                        () -> told(write, kind));
            case REPORT_OF_ANSWERS, REPORT_OF_A_FAULT, REPORT_OF_A_REFUSAL, LATE_REPORT ->
                report(write, kind, permit);
            case OTHER -> {
                // nothing of the breaker's
            }
        }
        level(write, kind);
    }

    private void failing(SharedItems.Write write) {
        // Who reported the last of the faults is to take the endpoint out, and cannot while it stands still.
        Simulation.Life reporter = reporters.get(write.endpoint());
        boolean failing = write.before().get(Attribute.CONSECUTIVE_FAILURES) >= hard
                && (reporter == null || !(reporter.isOver() || reporter.isFrozen(write.at())));
        int admitted = failing ? admittedFailing.merge(write.endpoint(), 1, Integer::sum) : 0;
        admittedFailing.put(write.endpoint(), admitted);
        offences.check(admitted <= MOST_FAILING, Invariant.FAILING_MEANS_OUT, () -> told(write, UpdateKind.ADMISSION));
    }

    private void probe(SharedItems.Write write) {
        EndpointState before = write.before();
        long now = write.writer().builtAt();
        boolean underWay = before.get(Attribute.BREAKER) == UpdateKind.HALF_OPEN
                && before.get(Attribute.PROBE_UNTIL) > now;
        offences.check(!underWay, Invariant.ONE_PROBE, () -> told(write, UpdateKind.PROBE));
        boolean early = before.get(Attribute.OPEN_UNTIL) > now
                && before.get(Attribute.BREAKER) == UpdateKind.OPEN;
        boolean allowed = before.get(Attribute.REASON) == CREDENTIAL
                || (!FOR_A_PERSON.contains(before.get(Attribute.REASON)) && before.get(Attribute.PROBE_UNTIL) <= now);
        offences.check(
                before.has(Attribute.BREAKER) && (!early || allowed),
                Invariant.PROBE_WHEN_DUE,
                () -> told(write, UpdateKind.PROBE));
    }

    private void mover(SharedItems.Write write, UpdateKind kind, @Nullable Permit permit) {
        offences.check(
                permit == null || permit.generation == write.before().get(Attribute.GENERATION),
                Invariant.MOVED_BY_ITS_GENERATION,
                () -> told(write, kind) + " by " + permit);
    }

    private void opening(SharedItems.Write write) {
        EndpointState before = write.before();
        if (before.has(Attribute.BREAKER)) {
            return; // the verdict of a probe
        }
        long calls = Attribute.WINDOW.stream().mapToLong(slot -> before.get(slot.calls())).sum();
        long failures = Attribute.WINDOW.stream().mapToLong(slot -> before.get(slot.failures())).sum();
        // Half of 20 calls by the weighted window; here the slots count whole, and a write may have come between.
        boolean failsOften = calls >= 15 && failures >= 5;
        offences.check(
                FOR_A_PERSON.contains(write.after().get(Attribute.REASON))
                        || before.get(Attribute.CONSECUTIVE_FAILURES) >= inARow
                        || before.get(Attribute.FAULT_LEVEL) - before.get(Attribute.TOTAL_REQUESTS) >= hard * (step - 1)
                                - LEEWAY
                        || failsOften,
                Invariant.OPENED_FOR_A_REASON,
                () -> told(write, UpdateKind.OPENING) + " with " + failures + " failures of " + calls);
    }

    private void report(SharedItems.Write write, UpdateKind kind, @Nullable Permit permit) {
        if (kind == UpdateKind.REPORT_OF_A_FAULT) {
            reporters.put(write.endpoint(), write.writer().instance().life);
        }
        boolean ofHealth = kind != UpdateKind.LATE_REPORT && UpdateKind.slot(write.update()).isPresent();
        offences.check(
                !ofHealth || permit == null
                        || permit.generation == write.before().get(Attribute.GENERATION),
                Invariant.LATE_REPORTS_CHANGE_NO_HEALTH,
                () -> told(write, kind) + " by " + permit);
    }

    /** What counts for the health are answers of calls that were admitted under the generation that is the latest. */
    void answers(SharedItems.Write write, UpdateKind kind) {
        long ended = UpdateKind.assigned(write.update(), Attribute.TOTAL_REQUESTS).orElseThrow();
        Instance writer = write.writer().instance();
        long generation = write.before().get(Attribute.GENERATION);
        if (write.update().guards().stream().noneMatch(guard -> guard.attribute().equals(Attribute.GENERATION))) {
            writer.unreported.toldLate(write.endpoint(), generation, ended);
            return;
        }
        boolean had = writer.unreported.told(write.endpoint(), generation, ended);
        offences.check(
                had || kind != UpdateKind.ADMISSION_WITH_ANSWERS,
                Invariant.LATE_REPORTS_CHANGE_NO_HEALTH,
                () -> told(write, kind) + ": " + ended + " answers");
    }

    /**
     * A fault raises the level by one less than the step, any other end of a call lowers it by 1, and it never falls below
     * 0. Answers reported with a fault have come before it.
     */
    private void level(SharedItems.Write write, UpdateKind kind) {
        if (kind == UpdateKind.CLOSING) {
            levels.remove(write.endpoint());
        }
        long level = levels.getOrDefault(write.endpoint(), 0L);
        boolean raises = UpdateKind.assigned(write.update(), Attribute.FAULT_LEVEL).isPresent();
        if (kind.isReport()) {
            long ends = UpdateKind.assigned(write.update(), Attribute.TOTAL_REQUESTS).orElseThrow();
            level = raises ? Math.max(0, level - (ends - 1)) + step - 1 : Math.max(0, level - ends);
            levels.put(write.endpoint(), level);
        }
        if (raises) {
            counted(write);
            long is = Math.max(
                    0, write.after().get(Attribute.FAULT_LEVEL) - write.after().get(Attribute.TOTAL_REQUESTS));
            long expected = level;
            offences.check(
                    is <= expected && is >= expected - LEEWAY,
                    Invariant.FAULT_LEVEL_IS_TRUE,
                    () -> told(write, kind) + ", level " + is + " where " + expected + " is true");
        }
    }

    /** A fault that is put against a count of calls is put against a count of late. */
    private void counted(SharedItems.Write write) {
        for (Assignment assignment : write.update().assignments()) {
            if (assignment instanceof Assignment.Put(Attribute attribute, long value)
                    && attribute.equals(Attribute.FAULT_LEVEL)) {
                long answersWithIt =
                        UpdateKind.assigned(write.update(), Attribute.TOTAL_REQUESTS).orElseThrow() - 1;
                long behind = write.before().get(Attribute.TOTAL_REQUESTS) + answersWithIt - (value - step);
                offences.check(
                        behind <= LEEWAY,
                        Invariant.FAULT_LEVEL_IS_TRUE,
                        () -> told(write, UpdateKind.REPORT_OF_A_FAULT) + " against a count " + behind + " calls old");
            }
        }
    }

    private static String told(SharedItems.Write write, UpdateKind kind) {
        EndpointState before = write.before();
        return kind + " of " + write.endpoint() + " by " + write.writer().instance() + " at " + write.writer().builtAt()
                + ", generation " + before.get(Attribute.GENERATION) + " to "
                + write.after().get(Attribute.GENERATION) + ", breaker " + before.values().get(Attribute.BREAKER)
                + ", open until " + before.get(Attribute.OPEN_UNTIL) + ", probed until "
                + before.get(Attribute.PROBE_UNTIL) + ", reason " + before.get(Attribute.REASON);
    }
}
