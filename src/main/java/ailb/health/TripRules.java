package ailb.health;

import ailb.pool.Settings;
import ailb.state.Attribute;
import ailb.state.EndpointState;

/** Which faults open the breaker. Each rule is enough by itself. */
final class TripRules {

    private final Settings.Health rules;
    private final FaultLevel level;

    TripRules(Settings.Health rules, FaultLevel level) {
        this.rules = rules;
        this.level = level;
    }

    /**
     * Faults in a row, which an answer ends. On a busy endpoint that fails now and then a few in a row are chance, so
     * they count only if the window has few calls or many failures. Many in a row always count. Refusals for a limit
     * say nothing about health: they neither end the row nor count in it.
     */
    boolean tooManyInARow(EndpointState recorded, Recent recent) {
        long faults = recorded.get(Attribute.CONSECUTIVE_FAILURES);
        boolean suspect = !isEnough(recent) || recent.errorRate() >= rules.suspectErrorRate();
        return (faults >= rules.consecutiveErrors() && suspect) || faults >= rules.hardConsecutiveErrors();
    }

    /** Too many faults among the answers: one more answer does not change that. */
    boolean tooMany(EndpointState recorded, Recent recent) {
        return level.isFull(recorded) || (isEnough(recent) && recent.errorRate() >= rules.errorRate());
    }

    private boolean isEnough(Recent recent) {
        return recent.calls() >= rules.minimumCalls();
    }
}
