package ailb.admission;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoints;
import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.pool.LimitsBuilder;
import ailb.pool.Pacing;
import ailb.pool.TokenAccounting;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** To be merged into AdmissionTest. A bucket of 60,000 tokens a minute: a token is a millisecond. */
class AdmissionEdgesTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = 1_800_000_000L * SECOND;
    private static final Demand CALL = new Demand(0, 0);
    private static final Limits TOKENS =
            Endpoints.limits(Pacing.BUCKET, Map.of(LimitKind.TOKENS_PER_MINUTE, 60_000L));
    private static final Limits BUSY_DAY = Endpoints.limits(
            Pacing.BUCKET, Map.of(LimitKind.REQUESTS_PER_MINUTE, 120_000L, LimitKind.REQUESTS_PER_DAY, 100L));
    private static final long MIDNIGHT = Instant.parse("2026-11-24T00:00:00Z").getEpochSecond() * SECOND;

    @Test
    void aCallToAnEndpointWithoutLimitsStartsWhenItsHoldEnds() {
        Admission admission = new Admission(Endpoints.unlimited());
        EndpointState held = new EndpointState(Map.of(Attribute.HOLD, NOW + 2 * SECOND));

        EndpointState admitted = take(admission, held, CALL, NOW, 5 * SECOND);

        assertThat(admission.slot(admitted, CALL)).isEqualTo(NOW + 2 * SECOND);
    }

    @Test
    void aDebtThatReachesBeyondTheProvidersWordIsNotCutShortByIt() {
        Admission admission = new Admission(TOKENS);
        Demand demand = new Demand(1_000, 0);
        EndpointState state = take(admission, EndpointState.EMPTY, demand, NOW, 0);

        // 1,000 + 30,000 too few admitted; 40,000 left would be 20 s
        state = apply(state, reconcile(admission, demand, state, new Feedback(
                Optional.of(new Demand(31_000, 0)), Map.of(LimitKind.TOKENS_PER_MINUTE, 40_000L), NOW,
                OptionalLong.empty(), Optional.empty())));

        assertThat(state.get(Attribute.TOKENS)).isEqualTo(NOW + 31 * SECOND);
    }

    @Test
    void theProvidersWordDoesNotTakeBackWhatOthersTookMeanwhile() {
        Admission admission = new Admission(TOKENS);
        Demand demand = new Demand(1_000, 0);
        EndpointState state = take(admission, EndpointState.EMPTY, demand, NOW, 0);
        ConditionalUpdate late = reconcile(admission, demand, state, new Feedback(
                Optional.empty(), Map.of(LimitKind.TOKENS_PER_MINUTE, 50_000L), NOW,
                OptionalLong.empty(), Optional.empty()));

        state = take(admission, state, new Demand(30_000, 0), NOW, 0);

        assertThat(late.allowedBy(state)).isFalse();
    }

    @Test
    void theProvidersWordDoesNotSwallowADebtThatOthersMakeItReach() {
        Admission admission = new Admission(TOKENS);
        Demand demand = new Demand(1_000, 0);
        EndpointState state = take(admission, EndpointState.EMPTY, demand, NOW, 0);
        ConditionalUpdate late = reconcile(admission, demand, state, new Feedback(
                Optional.of(new Demand(11_000, 0)), Map.of(LimitKind.TOKENS_PER_MINUTE, 40_000L), NOW,
                OptionalLong.empty(), Optional.empty()));

        state = take(admission, state, new Demand(19_000, 0), NOW, 0); // 20 s, and 10 s of debt

        assertThat(late.allowedBy(state)).isFalse();
    }

    @Test
    void aRefusalThatNamesNoLimitIsTakenForOneAMinute() {
        Admission admission = new Admission(new LimitsBuilder(
                Pacing.BUCKET,
                Map.of(LimitKind.REQUESTS_PER_MINUTE, 60L, LimitKind.REQUESTS_PER_DAY, 24L))
                .tokenAccounting(TokenAccounting.MAX)
                .dayReset(null)
                .build());
        EndpointState state = take(admission, EndpointState.EMPTY, CALL, NOW, 0);

        state = apply(state, reconcile(admission, CALL, state, new Feedback(
                Optional.empty(), Map.of(), NOW, OptionalLong.of(20 * SECOND), Optional.empty())));

        assertThat(state.get(Attribute.REQUESTS)).isEqualTo(NOW + 80 * SECOND);
        assertThat(state.get(Attribute.ROLLING_DAY)).isEqualTo(NOW + 3600 * SECOND);
    }

    @Test
    void aLimitThatCameWithNewSettingsIsNotTruedUpForACallFromBefore() {
        EndpointState before = take(new Admission(Endpoints.unlimited()), EndpointState.EMPTY, CALL, NOW, 0);

        EndpointState state = apply(before, reconcile(new Admission(TOKENS), CALL, before, new Feedback(
                Optional.of(new Demand(1_000, 0)), Map.of(), NOW, OptionalLong.empty(), Optional.empty())));

        assertThat(state.has(Attribute.TOKENS)).isFalse();
    }

    @Test
    void aCallThatWaitsForMidnightIsCountedOnTheNewDay() {
        Admission admission = new Admission(
                Endpoints.limits(Pacing.SMOOTH, Map.of(LimitKind.REQUESTS_PER_DAY, 1L)));
        long late = Instant.parse("2026-11-23T23:59:58Z").getEpochSecond() * SECOND;
        EndpointState full = take(admission, EndpointState.EMPTY, CALL, late, 0);

        EndpointState next = take(admission, full, CALL, late, 5 * SECOND);

        assertThat(next.get(Attribute.DAY)).isEqualTo(full.get(Attribute.DAY) + 1);
        assertThat(next.get(Attribute.DAY_REQUESTS)).isEqualTo(1);
    }

    /** 10 requests a minute, evenly spaced: 6.3 s each. */
    @Test
    void aCallCountedOnTheOldDayIsNotPushedBeyondMidnightByOthers() {
        Admission admission = new Admission(Endpoints.limits(
                Pacing.EVEN, Map.of(LimitKind.REQUESTS_PER_MINUTE, 10L, LimitKind.REQUESTS_PER_DAY, 100L)));
        long late = Instant.parse("2026-11-23T23:59:55Z").getEpochSecond() * SECOND;
        ConditionalUpdate planned = taking(admission, EndpointState.EMPTY, List.of(CALL), late, 10 * SECOND);
        EndpointState others = take(admission, EndpointState.EMPTY, CALL, late, 0);

        assertThat(planned.allowedBy(others)).isFalse();

        EndpointState next = take(admission, others, CALL, late, 10 * SECOND);
        assertThat(next.get(Attribute.DAY)).isEqualTo(others.get(Attribute.DAY) + 1);
        assertThat(admission.slot(next, CALL)).isGreaterThan(late + 5 * SECOND);
    }

    /** 6.3 s each: the second would start at 00:00:01. */
    @Test
    void callsAdmittedTogetherStartOnOneDay() {
        Admission admission = new Admission(Endpoints.limits(
                Pacing.EVEN, Map.of(LimitKind.REQUESTS_PER_MINUTE, 10L, LimitKind.REQUESTS_PER_DAY, 100L)));
        long late = Instant.parse("2026-11-23T23:59:55Z").getEpochSecond() * SECOND;
        long noon = late - 43_200 * SECOND;
        List<Demand> two = List.of(CALL, CALL);

        assertThat(admission.fitting(EndpointState.EMPTY, two, late, late + 10 * SECOND)).isOne();
        assertThat(admission.fitting(EndpointState.EMPTY, two, noon, noon + 10 * SECOND)).isEqualTo(2);
    }

    /** A burst of a minute: permits could be held for 30 s. */
    @Test
    void permitsAreHeldForHalfABurstAndNeverUntilMidnight() {
        Admission admission = new Admission(BUSY_DAY);

        assertThat(admission.holdable(MIDNIGHT - 40 * SECOND)).isEqualTo(30 * SECOND);
        assertThat(admission.holdable(MIDNIGHT - 3 * SECOND)).isEqualTo(3 * SECOND - 1);
        assertThat(admission.holdable(MIDNIGHT - 1)).isZero();
        assertThat(admission.holdable(MIDNIGHT)).isEqualTo(30 * SECOND);
    }

    @Test
    void permitsThatMayBeUsedTodayAreNotOfTomorrowsRequests() {
        Admission admission = new Admission(BUSY_DAY);
        long late = MIDNIGHT - 3 * SECOND;
        EndpointState usedUp = take(admission, EndpointState.EMPTY, Collections.nCopies(100, CALL), late, 0);
        long held = admission.holdable(late);

        int fitting = admission.held(held)
                .fitting(usedUp, Collections.nCopies(10, CALL), late + held, late + held);

        assertThat(fitting).isZero();
    }

    private static EndpointState take(
            Admission admission, EndpointState state, Demand demand, long now, long maxWait) {
        return take(admission, state, List.of(demand), now, maxWait);
    }

    private static EndpointState take(
            Admission admission, EndpointState state, List<Demand> demands, long now, long maxWait) {
        return apply(state, taking(admission, state, demands, now, maxWait));
    }

    private static ConditionalUpdate taking(
            Admission admission, EndpointState state, List<Demand> demands, long now, long maxWait) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder().add(Attribute.TOTAL_REQUESTS, 1);
        admission.take(update, new Observation(state, 0, 0), demands, now, now + maxWait);
        return update.build();
    }

    private static ConditionalUpdate reconcile(
            Admission admission, Demand demand, EndpointState state, Feedback feedback) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder().add(Attribute.TOTAL_REQUESTS, 1);
        admission.reconcile(update, List.of(new CompletedCall(demand, state, feedback)), state, NOW);
        return update.build();
    }

    private static EndpointState apply(EndpointState state, ConditionalUpdate update) {
        assertThat(update.allowedBy(state)).isTrue();
        return update.applyTo(state);
    }
}
