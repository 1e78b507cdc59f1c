package ailb.health;

import ailb.state.Attribute;
import ailb.state.EndpointState;
import java.time.Duration;

/** How an endpoint comes back after its breaker has closed: from a tenth of its usual traffic to all of it in 30 s. */
public final class SlowStart {

    private static final double LENGTH = Duration.ofSeconds(30).toNanos();
    private static final double FIRST_SHARE = 0.1;

    private SlowStart() {}

    /**
     * Share of its usual traffic that an endpoint should get, 0.1 to 1.
     *
     * @param now nanoseconds since the epoch
     */
    public static double share(EndpointState state, long now) {
        if (!state.has(Attribute.RECOVERED_AT)) {
            return 1;
        }
        double elapsed = (now - state.get(Attribute.RECOVERED_AT)) / LENGTH;
        return Math.clamp(FIRST_SHARE + (1 - FIRST_SHARE) * elapsed, FIRST_SHARE, 1);
    }
}
