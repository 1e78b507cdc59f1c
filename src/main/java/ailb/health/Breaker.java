package ailb.health;

import ailb.pool.FailureClass;
import ailb.pool.Settings;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.Guard;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The circuit breaker of an endpoint, one for the whole fleet (M. Nygard, "Release It!"). Closed, it lets calls
 * through. Open, it lets none through until its time ends. Then it is half-open: one call in the whole fleet, the
 * probe, goes through. How the probe ends closes the breaker or opens it again (ADR 8).
 *
 * <p>Every move is guarded by the generation, and raises it. So each move is made once, and outcomes of older calls
 * change nothing. All times are nanoseconds, points in time since the epoch.
 */
public final class Breaker {

    private static final long OPEN = 1;
    private static final long HALF_OPEN = 2;

    /** Stored by position: add new ones at the end only. */
    private static final List<FailureClass> REASONS = List.of(
            FailureClass.CALLER_FAULT,
            FailureClass.RATE_LIMITED,
            FailureClass.QUOTA,
            FailureClass.OVERLOADED,
            FailureClass.CREDENTIAL,
            FailureClass.MODEL,
            FailureClass.SERVER,
            FailureClass.TRANSPORT,
            FailureClass.TIMEOUT);

    /**
     * If every endpoint's breaker is open, one of them is tried again after this time, however long it should stay
     * open.
     */
    private static final long EARLY_PROBE_AFTER = Duration.ofSeconds(1).toNanos();

    /** After this long closed, a breaker opens as if for the first time. */
    private static final long FORGIVEN_AFTER = Duration.ofMinutes(10).toNanos();

    private final Settings.Health rules;
    private final FaultLevel level;
    private final TripRules tripRules;

    public Breaker(Settings.Health rules) {
        this.rules = rules;
        this.level = new FaultLevel(rules);
        this.tripRules = new TripRules(rules, level);
    }

    /** What kind of call an endpoint's breaker lets through. */
    public enum Access {
        /** Any call: the breaker is closed. */
        NORMAL,
        /** The one call that finds out whether the endpoint works again. */
        PROBE,
        /** A probe before its time: only while every endpoint's breaker is open. */
        EARLY_PROBE,
        /** No call. */
        DENIED
    }

    public static boolean isClosed(EndpointState state) {
        return !state.has(Attribute.BREAKER);
    }

    /** A guard that holds while the breaker has not moved since this state. */
    public static Guard unmoved(EndpointState state) {
        return Guard.unchanged(state, Attribute.GENERATION);
    }

    /** Why and until when the breaker is open; empty while it is closed. */
    public static Optional<Opening> opening(EndpointState state) {
        if (isClosed(state)) {
            return Optional.empty();
        }
        boolean halfOpen = state.get(Attribute.BREAKER) == HALF_OPEN;
        return Optional.of(new Opening(reason(state), openUntil(state), halfOpen));
    }

    /**
     * A number that this version does not know was written by a later version. It counts as a fault of the endpoint.
     */
    private static FailureClass reason(EndpointState state) {
        long number = state.get(Attribute.REASON);
        return 0 <= number && number < REASONS.size() ? REASONS.get((int) number) : FailureClass.SERVER;
    }

    /** Whether the breaker opened because a key was refused, and another key than this one. */
    public static boolean isOutForAnotherKey(EndpointState state, long keyVersion) {
        return !isClosed(state)
                && reason(state) == FailureClass.CREDENTIAL
                && state.get(Attribute.KEY_VERSION) != keyVersion;
    }

    /**
     * What kind of call the breaker lets through now.
     *
     * @param keyReplaced whether the breaker opened because of a key that has been replaced since
     */
    public static Access access(EndpointState state, long now, boolean keyReplaced) {
        if (isClosed(state)) {
            return Access.NORMAL;
        }
        boolean isProbed = state.get(Attribute.PROBE_UNTIL) > now;
        if (isProbed && state.get(Attribute.BREAKER) == HALF_OPEN) {
            return Access.DENIED;
        }
        if (openUntil(state) <= now || keyReplaced) {
            return Access.PROBE;
        }
        return isProbed || reason(state).needsAPerson() ? Access.DENIED : Access.EARLY_PROBE;
    }

    /**
     * The moment from which a call may go through, as far as it is known. While a probe is under way all others wait.
     *
     * @param early whether probes may come before their time, as every endpoint's breaker is open
     */
    public static long back(EndpointState state, long now, boolean early) {
        if (isClosed(state)) {
            return now;
        }
        long soon = now + EARLY_PROBE_AFTER;
        long until = openUntil(state);
        long due = state.get(Attribute.BREAKER) == HALF_OPEN ? Math.max(until, soon) : until;
        return early && !reason(state).needsAPerson() ? Math.min(due, soon) : due;
    }

    /** When the next probe is due. A probe under way may close the breaker sooner. */
    public static long due(EndpointState state) {
        return Math.max(openUntil(state), state.get(Attribute.PROBE_UNTIL));
    }

    /** Until when the breaker stays open. */
    public static long openUntil(EndpointState state) {
        return state.get(Attribute.OPEN_UNTIL);
    }

    /** Whether the breaker still lets this kind of call through. Another call may have become the probe since. */
    public static boolean isStill(Access access, EndpointState state, long now) {
        boolean keyReplaced = access == Access.PROBE && reason(state) == FailureClass.CREDENTIAL;
        return access(state, now, keyReplaced) == access;
    }

    /**
     * Adds the breaker's part to an admission: a guard that it is closed, or the move to half-open, which only one call
     * in the fleet can make.
     *
     * @param access the result of {@link #access}, not {@link Access#DENIED}
     * @param probeTime how long the probe may take; after that another call may take its place
     */
    public static void pass(
            ConditionalUpdate.Builder admission, EndpointState state, Access access, long now, Duration probeTime) {
        if (access == Access.NORMAL) {
            admission.guard(new Guard.Absent(Attribute.BREAKER));
            return;
        }
        admission.guard(unmoved(state));
        admission.add(Attribute.GENERATION, 1);
        admission.put(Attribute.BREAKER, HALF_OPEN);
        admission.put(Attribute.PROBE_UNTIL, now + probeTime.toNanos());
    }

    /** Whether this kind of call, which could pass in one state, can still pass in a later one. */
    public static boolean stillPasses(Access access, EndpointState before, EndpointState current) {
        return access == Access.NORMAL ? isClosed(current) : unmoved(before).holds(current);
    }

    /** Adds an answer to the write that records it: the row of faults ends. */
    public static void succeeded(ConditionalUpdate.Builder outcome) {
        outcome.remove(Attribute.CONSECUTIVE_FAILURES);
    }

    /** Adds a fault of the endpoint to the write that records it: one more in a row. */
    public static void failed(ConditionalUpdate.Builder outcome) {
        outcome.add(Attribute.CONSECUTIVE_FAILURES, 1);
    }

    /**
     * Adds a fault of the endpoint to the write that records it: it raises the fault level.
     *
     * @param known the item as last seen; the write is rejected if the item has changed too much since
     */
    public void raiseFaultLevel(ConditionalUpdate.Builder outcome, EndpointState known) {
        level.raise(outcome, known);
    }

    /**
     * The move that follows a failure of a normal call, if any.
     *
     * @param recorded the item after the failure was recorded
     * @param keyVersion of the key the call was made with
     */
    public Optional<ConditionalUpdate> trip(
            EndpointState recorded,
            FailureClass failure,
            Recent recent,
            long keyVersion,
            long now,
            RandomGenerator random) {
        if (!isClosed(recorded)) {
            return Optional.empty();
        }
        if (failure.needsAPerson()) {
            return Optional.of(open(recorded, failure, keyVersion, now, random).build());
        }
        boolean tooMany = tripRules.tooMany(recorded, recent);
        if (!failure.isEndpointFault() || !(tooMany || tripRules.tooManyInARow(recorded, recent))) {
            return Optional.empty();
        }
        ConditionalUpdate.Builder move = open(recorded, failure, keyVersion, now, random);
        if (!tooMany) {
            // Not if an answer has set the count to zero meanwhile. The next fault decides then.
            long faults = recorded.get(Attribute.CONSECUTIVE_FAILURES);
            move.guard(new Guard.Between(Attribute.CONSECUTIVE_FAILURES, faults, Long.MAX_VALUE));
        }
        return Optional.of(move.build());
    }

    private ConditionalUpdate.Builder open(
            EndpointState state, FailureClass failure, long keyVersion, long now, RandomGenerator random) {
        long openings = isAnother(state, failure, now) ? 1 : state.get(Attribute.OPENINGS) + 1;
        return reopen(state, failure, keyVersion)
                .put(Attribute.OPENINGS, openings)
                .put(Attribute.OPEN_UNTIL, now + openFor(failure, openings, random));
    }

    /**
     * Whether an opening is the first of its row. Failures that a person must fix and other failures are separate rows.
     */
    private static boolean isAnother(EndpointState state, FailureClass failure, long now) {
        return isClosed(state)
                ? failure.needsAPerson() || now - state.get(Attribute.RECOVERED_AT) > FORGIVEN_AFTER
                : failure.needsAPerson() != reason(state).needsAPerson();
    }

    private static ConditionalUpdate.Builder reopen(EndpointState state, FailureClass failure, long keyVersion) {
        ConditionalUpdate.Builder move = ConditionalUpdate.builder()
                .guard(unmoved(state))
                .add(Attribute.GENERATION, 1)
                .put(Attribute.BREAKER, OPEN)
                .put(Attribute.REASON, REASONS.indexOf(failure));
        return failure == FailureClass.CREDENTIAL ? move.put(Attribute.KEY_VERSION, keyVersion) : move;
    }

    private long openFor(FailureClass failure, long openings, RandomGenerator random) {
        if (failure.needsAPerson()) {
            return doubled(rules.openForPerson(), Settings.Health.LONGEST_OPEN, openings);
        }
        return switch (rules.backoff()) {
            case FIXED -> rules.openFor().toNanos();
            case EXPONENTIAL -> {
                double jitter = 0.8 + 0.4 * random.nextDouble();
                yield (long) (doubled(rules.openFor(), rules.openCap(), openings) * jitter);
            }
        };
    }

    /** The first duration, doubled with each further opening, up to the cap. */
    private static long doubled(Duration first, Duration cap, long openings) {
        long nanos = first.toNanos();
        for (long again = 1; again < openings && nanos < cap.toNanos(); again++) {
            nanos *= 2;
        }
        return Math.min(nanos, cap.toNanos());
    }

    /**
     * The move that follows the end of a probe. Anything but a fault shows that the endpoint works.
     *
     * @param recorded the item after the probe was recorded
     * @param early whether the probe came before its time; then its fault does not prolong the opening
     */
    public ConditionalUpdate verdict(
            EndpointState recorded,
            Optional<FailureClass> failure,
            boolean early,
            long keyVersion,
            long now,
            RandomGenerator random) {
        Optional<FailureClass> fault =
                failure.filter(each -> each.isEndpointFault() || each.needsAPerson());
        if (fault.isEmpty()) {
            return close(recorded, now);
        }
        if (early && !fault.get().needsAPerson()) {
            return reopen(recorded, fault.get(), keyVersion)
                    .put(Attribute.PROBE_UNTIL, now + EARLY_PROBE_AFTER)
                    .build();
        }
        return open(recorded, fault.get(), keyVersion, now, random)
                .remove(Attribute.PROBE_UNTIL)
                .build();
    }

    private static ConditionalUpdate close(EndpointState state, long now) {
        ConditionalUpdate.Builder move = ConditionalUpdate.builder()
                .guard(unmoved(state))
                .add(Attribute.GENERATION, 1)
                .put(Attribute.RECOVERED_AT, now)
                .remove(Attribute.BREAKER)
                .remove(Attribute.REASON)
                .remove(Attribute.OPEN_UNTIL)
                .remove(Attribute.PROBE_UNTIL)
                .remove(Attribute.KEY_VERSION)
                .remove(Attribute.CONSECUTIVE_FAILURES)
                .remove(Attribute.FAULT_LEVEL);
        return (reason(state).needsAPerson() ? move.remove(Attribute.OPENINGS) : move).build();
    }

    /** The move that returns a probe that was not made, so that another call can become the probe at once. */
    public static ConditionalUpdate abandon(EndpointState admitted) {
        return ConditionalUpdate.builder()
                .guard(unmoved(admitted))
                .add(Attribute.GENERATION, 1)
                .put(Attribute.PROBE_UNTIL, 0)
                .build();
    }
}
