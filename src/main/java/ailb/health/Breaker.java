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

/**
 * Takes an endpoint out for the whole fleet and lets it in again. Every move is a write of its own, guarded by the
 * generation it bumps, so that each is made once and reports of older calls change nothing.
 */
public final class Breaker {

    private static final long OPEN = 1;

    /** Stored by position: only ever add at the end. */
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

    private final Settings.Health rules;

    public Breaker(Settings.Health rules) {
        this.rules = rules;
    }

    public static boolean isClosed(EndpointState state) {
        return closed().holds(state);
    }

    /** Holds while the breaker is closed. */
    public static Guard closed() {
        return new Guard.Absent(Attribute.BREAKER);
    }

    /** Holds while the breaker has not moved since the state. */
    public static Guard unmoved(EndpointState state) {
        return Guard.unchanged(state, Attribute.GENERATION);
    }

    /** The opening in force, empty while closed. */
    public static Optional<Opening> opening(EndpointState state) {
        return isClosed(state)
                ? Optional.empty()
                : Optional.of(new Opening(reason(state), state.get(Attribute.OPEN_UNTIL)));
    }

    /** A number this version does not know was written by a later one: a fault of the endpoint, as far as we can say. */
    private static FailureClass reason(EndpointState state) {
        long number = state.get(Attribute.REASON);
        return 0 <= number && number < REASONS.size() ? REASONS.get((int) number) : FailureClass.SERVER;
    }

    /** An answer, adding to a settling write: the faults in a row are over. */
    public static void succeeded(ConditionalUpdate.Builder settle) {
        settle.remove(Attribute.CONSECUTIVE_FAILURES);
    }

    /** A fault of the endpoint, adding to a settling write: one more in a row. */
    public static void failed(ConditionalUpdate.Builder settle) {
        settle.add(Attribute.CONSECUTIVE_FAILURES, 1);
    }

    /**
     * The move to make after a failure, if any.
     *
     * @param settled the item as the failure's settling write left it
     */
    public Optional<ConditionalUpdate> trip(EndpointState settled, FailureClass failure, long now) {
        if (!isClosed(settled)) {
            return Optional.empty();
        }
        if (failure.needsAPerson()) {
            return Optional.of(open(settled, failure, now, rules.openForPerson()).build());
        }
        long failures = settled.get(Attribute.CONSECUTIVE_FAILURES);
        if (!failure.isEndpointFault() || failures < rules.consecutiveErrors()) {
            return Optional.empty();
        }
        ConditionalUpdate.Builder move = open(settled, failure, now, rules.openFor());
        move.guard(new Guard.Between(
                Attribute.CONSECUTIVE_FAILURES, rules.consecutiveErrors(), Long.MAX_VALUE));
        return Optional.of(move.build());
    }

    private static ConditionalUpdate.Builder open(
            EndpointState state, FailureClass failure, long now, Duration openFor) {
        return ConditionalUpdate.builder()
                .guard(unmoved(state))
                .guard(closed())
                .add(Attribute.GENERATION, 1)
                .add(Attribute.OPENINGS, 1)
                .put(Attribute.BREAKER, OPEN)
                .put(Attribute.REASON, REASONS.indexOf(failure))
                .put(Attribute.OPEN_UNTIL, now + openFor.toNanos());
    }

    /** The move that is due because its time has come: an endpoint whose opening is over is let in again. */
    public static Optional<ConditionalUpdate> due(EndpointState state, long now) {
        if (isClosed(state) || state.get(Attribute.OPEN_UNTIL) > now) {
            return Optional.empty();
        }
        return Optional.of(ConditionalUpdate.builder()
                .guard(unmoved(state))
                .guard(Guard.equal(Attribute.BREAKER, OPEN))
                .guard(Guard.atMost(state, Attribute.OPEN_UNTIL, now))
                .add(Attribute.GENERATION, 1)
                .remove(Attribute.BREAKER)
                .remove(Attribute.REASON)
                .remove(Attribute.OPEN_UNTIL)
                .remove(Attribute.CONSECUTIVE_FAILURES)
                .build());
    }
}
