package ailb.dispatch.coalesce;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.admission.Demand;
import ailb.dispatch.permit.Permit;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.LimitKind;
import ailb.pool.Pacing;
import ailb.port.SteppedTime;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Three permits of 100 + 100 tokens, for 5 s. */
class HeldPermitsTest {

    private static final long START = 1_800_000_000_000_000_000L;
    private static final long UNTIL = START + Duration.ofSeconds(5).toNanos();
    private static final Demand USUAL = new Demand(100, 100);

    private final SteppedTime time = new SteppedTime(START);
    private final HeldPermits held = new HeldPermits(time);
    private final EndpointState admitted = new EndpointState(Map.of(Attribute.GENERATION, 3L));
    private final Endpoint requests = Endpoints.openAi("a", Endpoints.requests(Pacing.BUCKET, 60));
    private final Endpoint tokens =
            Endpoints.openAi("a", Endpoints.limits(Pacing.BUCKET, Map.of(LimitKind.TOKENS_PER_MINUTE, 60_000L)));

    @Test
    void eachPermitIsUsedOnce() {
        keep(tokens, START);

        assertThat(has(tokens, USUAL)).isTrue();
        for (int call = 0; call < 3; call++) {
            assertThat(held.take(tokens, USUAL, admitted))
                    .hasValue(new Permit(tokens, USUAL, admitted, Breaker.Access.NORMAL, START));
        }
        assertThat(has(tokens, USUAL)).isFalse();
        assertThat(held.take(tokens, USUAL, admitted)).isEmpty();
    }

    @Test
    void theTokensAreSharedOutAsTheCallsNeedThem() {
        keep(tokens, START);

        assertThat(held.take(tokens, new Demand(250, 20), admitted)).isPresent();
        assertThat(held.take(tokens, USUAL, admitted)).as("50 + 280 are left").isEmpty();
        assertThat(held.take(tokens, new Demand(50, 280), admitted)).isPresent();
        assertThat(held.take(tokens, new Demand(1, 0), admitted)).isEmpty();
    }

    @Test
    void withoutALimitOfTokensAnyCallWillDo() {
        keep(requests, START);

        assertThat(held.take(requests, new Demand(100_000, 0), admitted)).isPresent();
    }

    @Test
    void aRetryNeedsAPermitOfItsOwn() {
        keep(tokens, START);

        assertThat(held.take(tokens, USUAL.asRetry(), admitted)).isEmpty();
    }

    @Test
    void theyAreOfUseFromTheirSlotToTheEndOfTheirTime() {
        keep(tokens, START + 10);

        assertThat(has(tokens, USUAL)).isFalse();
        time.pass(Duration.ofNanos(10));
        assertThat(has(tokens, USUAL)).isTrue();
        time.pass(Duration.ofSeconds(5).minusNanos(10));
        assertThat(has(tokens, USUAL)).isTrue();
        time.pass(Duration.ofNanos(1));
        assertThat(has(tokens, USUAL)).isFalse();
    }

    @Test
    void aClockSetBackMakesThemLastNoLonger() {
        keep(tokens, START);
        time.pass(Duration.ofSeconds(-1));

        assertThat(has(tokens, USUAL)).isFalse();
    }

    @Test
    void theyAreWorthNothingOnceTheBreakerHasMoved() {
        keep(tokens, START);

        assertThat(held.has(tokens, USUAL, new EndpointState(Map.of(Attribute.GENERATION, 5L)))).isFalse();
    }

    @Test
    void theyRestWhileTheEndpointIsToBeLeftAlone() {
        keep(tokens, START);
        Map<Attribute, Long> values = Map.of(Attribute.GENERATION, 3L, Attribute.HOLD, START + 10);

        assertThat(held.has(tokens, USUAL, new EndpointState(values))).isFalse();
        time.pass(Duration.ofNanos(10));
        assertThat(held.has(tokens, USUAL, new EndpointState(values))).isTrue();
    }

    private boolean has(Endpoint endpoint, Demand demand) {
        return held.has(endpoint, demand, admitted);
    }

    private void keep(Endpoint endpoint, long slot) {
        held.keep(
                Collections.nCopies(3, new Permit(endpoint, USUAL, admitted, Breaker.Access.NORMAL, slot)), UNTIL);
    }
}
