package ailb.health;

import ailb.pool.Settings;
import ailb.state.Attribute;
import ailb.state.EndpointState;

/** Which faults take an endpoint out. Each rule is enough by itself. */
final class TripRules {

    private final Settings.Health rules;
    private final FaultLevel level;

    TripRules(Settings.Health rules, FaultLevel level) {
        this.rules = rules;
        this.level = level;
    }

    /**
     * Faults in a row: an answer would make them none. Few of them are chance on a busy endpoint that fails now and
     * then, so they count only where the window is small or fails often. Many always count; refusals for a limit, which
     * tell nothing of an endpoint's health, neither end the row nor make it shorter.
     */
    boolean tooManyInARow(EndpointState recorded, Recent recent) {
        long faults = recorded.get(Attribute.CONSECUTIVE_FAILURES);
        boolean suspect = !isEnough(recent) || recent.errorRate() >= rules.suspectErrorRate();
        return (faults >= rules.consecutiveErrors() && suspect) || faults >= rules.hardConsecutiveErrors();
    }

    /** Faults among answers: one more answer would not undo them. */
    boolean tooMany(EndpointState recorded, Recent recent) {
        return level.isFull(recorded) || (isEnough(recent) && recent.errorRate() >= rules.errorRate());
    }

    private boolean isEnough(Recent recent) {
        return recent.calls() >= rules.minimumCalls();
    }
}
