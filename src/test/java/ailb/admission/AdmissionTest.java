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
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = 1_800_000_000L * SECOND;
    private static final Offset<Long> ROUNDING = Offset.offset(20L);
    private static final Demand CALL = new Demand(0, 0);

    private EndpointState state = EndpointState.EMPTY;
    private EndpointState admitted = EndpointState.EMPTY;
    private long now = NOW;

    @Test
    void aTokenBucketLetsItsWholeLimitGoAtOnceAndThenOneAnInterval() {
        Admission admission = new Admission(Endpoints.requests(Pacing.BUCKET, 5));

        for (int call = 0; call < 5; call++) {
            assertThat(take(admission, CALL, 0)).isLessThanOrEqualTo(NOW);
        }

        assertThat(admission.room(state, CALL, now)).isEqualTo(new Availability.From(NOW + 12 * SECOND));
        now = NOW + 12 * SECOND;
        assertThat(take(admission, CALL, 0)).isEqualTo(now);
        assertThat(admission.room(state, CALL, now)).isEqualTo(new Availability.From(NOW + 24 * SECOND));
    }

    /** 60 a minute with a margin of 0.95: one every 60/57 s. */
    @Test
    void evenPacingSpacesCallsOneByOne() {
        Admission admission = new Admission(Endpoints.requests(Pacing.EVEN, 60));

        assertThat(take(admission, CALL, 5 * SECOND)).isCloseTo(NOW, ROUNDING);
        assertThat(take(admission, CALL, 5 * SECOND)).isCloseTo(NOW + 1_052_631_578L, ROUNDING);
        assertThat(take(admission, CALL, 5 * SECOND)).isCloseTo(NOW + 2 * 1_052_631_578L, ROUNDING);
    }

    /** 600 a minute: 10 at once, then 582 a minute. */
    @Test
    void smoothPacingLetsASecondsWorthGoAtOnce() {
        Admission admission = new Admission(Endpoints.requests(Pacing.SMOOTH, 600));

        for (int call = 0; call < 10; call++) {
            assertThat(take(admission, CALL, 0)).isLessThanOrEqualTo(NOW);
        }

        Availability.From room = (Availability.From) admission.room(state, CALL, now);
        assertThat(room.moment()).isCloseTo(NOW + 103_092_783L, ROUNDING);
    }

    @Test
    void burstAndMarginOfTheEndpointReplaceThoseOfItsPacing() {
        Admission admission = new Admission(new LimitsBuilder(Pacing.EVEN, Map.of(LimitKind.REQUESTS_PER_MINUTE, 60L))
                .burst(3)
                .margin(0.5)
                .tokenAccounting(TokenAccounting.MAX)
                .dayReset(null)
                .build());

        for (int call = 0; call < 3; call++) {
            take(admission, CALL, 0);
        }

        assertThat(admission.room(state, CALL, now)).isEqualTo(new Availability.From(NOW + 2 * SECOND));
    }

    @Test
    void aRefusedWriteChangesNothingAndTheNextPlanKnowsTheWait() {
        Admission admission = new Admission(Endpoints.requests(Pacing.EVEN, 60));
        EndpointState stale = state;
        take(admission, CALL, 0);

        ConditionalUpdate late = update(admission, new Observation(stale, 0, 0), CALL, 0);

        assertThat(late.allowedBy(state)).isFalse();
        Availability.From room = (Availability.From) admission.room(state, CALL, now);
        assertThat(room.moment()).isCloseTo(NOW + 1_052_631_578L, ROUNDING);
    }

    @Test
    void anOldViewOfABusyEndpointIsGuessedRightTheFirstTime() {
        Admission admission = new Admission(Endpoints.requests(Pacing.SMOOTH, 6000));
        take(admission, CALL, 0);
        EndpointState old = state;
        now += SECOND;
        take(admission, CALL, 0);

        ConditionalUpdate busy = update(admission, new Observation(old, SECOND, 50), CALL, 0);
        ConditionalUpdate idle = update(admission, new Observation(old, SECOND, 0), CALL, 0);

        assertThat(busy.allowedBy(state)).isTrue();
        assertThat(idle.allowedBy(state)).isFalse();
    }

    @Test
    void tokensAreTakenBesideRequestsAndTheTighterLimitDecides() {
        Admission admission = new Admission(Endpoints.limits(
                Pacing.BUCKET, Map.of(LimitKind.REQUESTS_PER_MINUTE, 60L, LimitKind.TOKENS_PER_MINUTE, 6000L)));
        Demand large = new Demand(2000, 3000);
        take(admission, large, 0);

        // 6000 a minute are 100 a second: 1000 are left, so 3000 more take 20 s
        assertThat(admission.room(state, new Demand(1000, 2000), now))
                .isEqualTo(new Availability.From(NOW + 20 * SECOND));
        assertThat(admission.room(state, new Demand(500, 500), now)).isEqualTo(new Availability.From(NOW));
    }

    @Test
    void aSmallCallBehindALargeOneWaitsInLineForAllItsLimits() {
        Admission admission = new Admission(Endpoints.limits(
                Pacing.BUCKET, Map.of(LimitKind.REQUESTS_PER_MINUTE, 60L, LimitKind.TOKENS_PER_MINUTE, 6000L)));
        take(admission, new Demand(6000, 0), 0);

        long slot = take(admission, new Demand(100, 0), 5 * SECOND);

        assertThat(slot).isEqualTo(NOW + SECOND);
        assertThat(state.get(Attribute.REQUESTS)).isEqualTo(NOW + 2 * SECOND);
    }

    @Test
    void aCallDearerThanTheBurstWaitsForAnEmptyBucket() {
        Admission admission =
                new Admission(Endpoints.limits(Pacing.SMOOTH, Map.of(LimitKind.TOKENS_PER_MINUTE, 60_000L)));
        take(admission, new Demand(800, 0), 0);

        // 800 tokens at 48,000 a minute take a second to drain
        assertThat(admission.room(state, new Demand(50_000, 0), now)).isEqualTo(new Availability.From(NOW + SECOND));
    }

    @Test
    void aCallLargerThanAWholeLimitIsNeverAdmitted() {
        Admission admission = new Admission(Endpoints.limits(
                Pacing.BUCKET, Map.of(LimitKind.TOKENS_PER_MINUTE, 1000L, LimitKind.REQUESTS_PER_MINUTE, 5L)));

        assertThat(admission.room(state, new Demand(600, 401), now))
                .isEqualTo(new Availability.Never(LimitKind.TOKENS_PER_MINUTE, 1001, 1000));
        assertThat(admission.room(state, new Demand(600, 400), now)).isEqualTo(new Availability.From(NOW));
    }

    @Test
    void inputAndOutputTokensHaveLimitsOfTheirOwn() {
        Admission admission = new Admission(Endpoints.limits(
                Pacing.BUCKET,
                Map.of(LimitKind.INPUT_TOKENS_PER_MINUTE, 6000L, LimitKind.OUTPUT_TOKENS_PER_MINUTE, 600L)));
        take(admission, new Demand(0, 600), 0);

        assertThat(admission.room(state, new Demand(6000, 0), now)).isEqualTo(new Availability.From(NOW));
        assertThat(admission.room(state, new Demand(0, 10), now)).isEqualTo(new Availability.From(NOW + SECOND));
    }

    /** 600 a minute: retries are 120 of them, a burst of 20 and then one every half second. */
    @Test
    void retriesAreAFifthOfTheRequests() {
        Admission admission = new Admission(Endpoints.requests(Pacing.BUCKET, 600));
        for (int call = 0; call < 20; call++) {
            take(admission, CALL.asRetry(), 0);
        }

        assertThat(admission.room(state, CALL.asRetry(), now)).isEqualTo(new Availability.From(NOW + SECOND / 2));
        assertThat(admission.room(state, CALL, now)).as("a first call").isEqualTo(new Availability.From(NOW));
        assertThat(take(admission, CALL, 0)).isLessThanOrEqualTo(NOW);
    }

    @Test
    void whereThereAreFewRequestsTenRetriesMayComeAtOnce() {
        Admission admission = new Admission(Endpoints.requests(Pacing.BUCKET, 60));
        for (int call = 0; call < 10; call++) {
            take(admission, CALL.asRetry(), 0);
        }

        assertThat(admission.room(state, CALL.asRetry(), now)).isEqualTo(new Availability.From(NOW + 5 * SECOND));
    }

    @Test
    void noLimitsMeansAlwaysRoom() {
        Admission admission = new Admission(Endpoints.unlimited());

        assertThat(admission.room(state, CALL, now)).isEqualTo(new Availability.From(NOW));
    }

    @ParameterizedTest
    @CsvSource({
        "UTC, 2026-11-22T23:59:59Z, 2026-11-23T00:00:00Z",
        "America/Los_Angeles, 2026-11-23T07:59:59Z, 2026-11-23T08:00:00Z",
        "Asia/Kolkata, 2026-11-22T18:29:59Z, 2026-11-22T18:30:00Z"
    })
    void aFullDayHasRoomAtMidnightOfTheProvidersZone(String zone, Instant call, Instant midnight) {
        Admission admission = new Admission(perDay(2, ZoneId.of(zone)));
        now = call.getEpochSecond() * SECOND;
        take(admission, CALL, 0);
        take(admission, CALL, 0);

        assertThat(admission.room(state, CALL, now))
                .isEqualTo(new Availability.From(midnight.getEpochSecond() * SECOND));
        assertThat(Admission.usedOfDay(perDay(2, ZoneId.of(zone)), state, now)).isEqualTo(2);

        now = midnight.getEpochSecond() * SECOND;
        take(admission, CALL, 0);
        assertThat(state.get(Attribute.DAY_REQUESTS)).isEqualTo(1);
    }

    @Test
    void theLastRequestOfADayIsNotGivenTwice() {
        Admission admission = new Admission(perDay(2, ZoneId.of("UTC")));
        take(admission, CALL, 0);
        EndpointState one = state;
        take(admission, CALL, 0);

        assertThat(update(admission, new Observation(one, 0, 0), CALL, 0).allowedBy(state))
                .isFalse();
    }

    /** As an instance without the store begins: nothing of its share of the day is used. */
    @Test
    void theOnlyRequestOfADayIsNotGivenTwiceWhereNoneIsCountedYet() {
        Admission admission = new Admission(perDay(1, ZoneId.of("UTC")));
        long today = Math.floorDiv(now, 86_400 * SECOND);
        EndpointState none = new EndpointState(Map.of(Attribute.DAY, today, Attribute.DAY_REQUESTS, 0L));
        state = none;
        take(admission, CALL, 0);

        assertThat(update(admission, new Observation(none, 0, 0), CALL, 0).allowedBy(state))
                .isFalse();
    }

    @Test
    void aClockStillOnYesterdayCountsOnTheNewestDay() {
        Admission admission = new Admission(perDay(2, ZoneId.of("UTC")));
        now = Instant.parse("2026-11-23T00:00:00Z").getEpochSecond() * SECOND;
        take(admission, CALL, 0);
        now -= SECOND;
        take(admission, CALL, 0);

        assertThat(state.get(Attribute.DAY_REQUESTS)).isEqualTo(2);
        assertThat(admission.room(state, CALL, now))
                .isEqualTo(new Availability.From(Instant.parse("2026-11-24T00:00:00Z").getEpochSecond() * SECOND));
    }

    @Test
    void aRollingDayGivesRequestsBackOneByOne() {
        Admission admission = new Admission(perDay(24, null));
        for (int call = 0; call < 24; call++) {
            take(admission, CALL, 0);
        }

        assertThat(admission.room(state, CALL, now)).isEqualTo(new Availability.From(NOW + 3600 * SECOND));
        assertThat(Admission.usedOfDay(perDay(24, null), state, now + 12 * 3600 * SECOND))
                .isEqualTo(12);
    }

    @Test
    void aProvidersRefusalHoldsTheEndpointAndLeavesNoBurstForTheEnd() {
        Admission admission = new Admission(Endpoints.requests(Pacing.BUCKET, 60));
        take(admission, CALL, 0);

        reconcile(admission, CALL, refusal(Duration.ofSeconds(20), Optional.of(LimitKind.REQUESTS_PER_MINUTE)));

        assertThat(admission.room(state, CALL, now)).isEqualTo(new Availability.From(NOW + 21 * SECOND));
        now = NOW + 21 * SECOND;
        take(admission, CALL, 0);
        assertThat(admission.room(state, CALL, now)).isEqualTo(new Availability.From(NOW + 22 * SECOND));
    }

    @Test
    void aRefusalHoldsAnEndpointWithoutLimitsToo() {
        Admission admission = new Admission(Endpoints.unlimited());
        reconcile(admission, CALL, refusal(Duration.ofSeconds(20), Optional.empty()));

        assertThat(admission.room(state, CALL, now)).isEqualTo(new Availability.From(NOW + 20 * SECOND));
        assertThat(update(admission, new Observation(EndpointState.EMPTY, 0, 0), CALL, 0).allowedBy(state))
                .isFalse();
    }

    @Test
    void aHoldIsNeverTakenBack() {
        Admission admission = new Admission(Endpoints.unlimited());
        reconcile(admission, CALL, refusal(Duration.ofSeconds(20), Optional.empty()));
        reconcile(admission, CALL, refusal(Duration.ofSeconds(5), Optional.empty()));

        assertThat(state.get(Attribute.HOLD)).isEqualTo(NOW + 20 * SECOND);
    }

    @Test
    void aRefusalForTokensLeavesTheRequestsLimitAlone() {
        Admission admission = new Admission(Endpoints.limits(
                Pacing.BUCKET, Map.of(LimitKind.REQUESTS_PER_MINUTE, 60L, LimitKind.TOKENS_PER_MINUTE, 6000L)));
        take(admission, new Demand(100, 0), 0);

        reconcile(
                admission,
                new Demand(100, 0),
                refusal(Duration.ofSeconds(10), Optional.of(LimitKind.TOKENS_PER_MINUTE)));

        assertThat(state.get(Attribute.TOKENS)).isEqualTo(NOW + 70 * SECOND);
        assertThat(state.get(Attribute.REQUESTS)).isEqualTo(NOW + SECOND);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 59})
    void whatTheProviderSaysIsLeftIsNotExceeded(long remaining) {
        Admission admission = new Admission(Endpoints.requests(Pacing.BUCKET, 60));
        take(admission, CALL, 0);

        reconcile(admission, CALL, remaining(LimitKind.REQUESTS_PER_MINUTE, remaining));

        for (long call = 0; call < remaining; call++) {
            take(admission, CALL, 0);
        }
        assertThat(admission.room(state, CALL, now)).isEqualTo(new Availability.From(NOW + SECOND));
    }

    @Test
    void theProvidersWordNeverMakesMoreRoom() {
        Admission admission = new Admission(Endpoints.requests(Pacing.BUCKET, 3));
        for (int call = 0; call < 3; call++) {
            take(admission, CALL, 0);
        }

        reconcile(admission, CALL, remaining(LimitKind.REQUESTS_PER_MINUTE, 3));

        assertThat(admission.room(state, CALL, now)).isEqualTo(new Availability.From(NOW + 20 * SECOND));
    }

    @ParameterizedTest
    @CsvSource({
        // accounting, tokens really taken, tokens that count in the end, of 1000 admitted
        "ESTIMATE, 400, 400",
        "ESTIMATE, 1600, 1600",
        "MAX_REFUNDED, 400, 400",
        "MAX_REFUNDED, 1600, 1600",
        "MAX, 400, 1000",
        "MAX, 1600, 1600",
    })
    void tokensAreTruedUpAsTheProviderCountsThem(TokenAccounting accounting, long actual, long counted) {
        Admission admission =
                new Admission(new LimitsBuilder(Pacing.BUCKET, Map.of(LimitKind.TOKENS_PER_MINUTE, 60_000L))
                        .tokenAccounting(accounting)
                        .dayReset(null)
                        .build());
        Demand demand = new Demand(500, 500);
        take(admission, demand, 0);

        reconcile(admission, demand, actual(actual));

        assertThat(state.get(Attribute.TOKENS)).isEqualTo(NOW + counted * SECOND / 1000);
    }

    /** The first call's 20,000 tokens drain in 20 s: at 15 s, 5,000 of them can still be given back, at 30 s none. */
    @ParameterizedTest
    @CsvSource({"0, 19800", "5, 15000", "15, 5000", "30, 0"})
    void aRefundGivesBackOnlyWhatTimeHasNot(long seconds, long refunded) {
        Admission admission =
                new Admission(Endpoints.limits(Pacing.BUCKET, Map.of(LimitKind.TOKENS_PER_MINUTE, 60_000L)));
        Demand large = new Demand(20_000, 0);
        take(admission, large, 0);
        EndpointState first = state;
        now += seconds * SECOND;
        take(admission, large, 0);
        long before = state.get(Attribute.TOKENS);
        admitted = first;

        reconcile(admission, large, actual(200));

        assertThat(before - state.get(Attribute.TOKENS)).isEqualTo(refunded * SECOND / 1000);
    }

    /** 1,000 taken and 500 really used; the provider has 700 less than all of them: what is given back is 300. */
    @Test
    void aRefundGoesAsFarAsTheProvidersWordLetsIt() {
        Admission admission =
                new Admission(Endpoints.limits(Pacing.BUCKET, Map.of(LimitKind.TOKENS_PER_MINUTE, 60_000L)));
        take(admission, new Demand(1_000, 0), 0);

        reconcile(admission, new Demand(1_000, 0), new Feedback(
                Optional.of(new Demand(500, 0)),
                Map.of(LimitKind.TOKENS_PER_MINUTE, 59_300L),
                now,
                OptionalLong.empty(),
                Optional.empty()));

        assertThat(state.get(Attribute.TOKENS)).isEqualTo(now + 700 * SECOND / 1000);
    }

    @Test
    void aHeaderThatTellsOfPlentyWritesNothing() {
        Admission admission = new Admission(Endpoints.requests(Pacing.SMOOTH, 600));
        take(admission, CALL, 0);
        EndpointState before = state;
        now += SECOND;

        reconcile(admission, CALL, remaining(LimitKind.REQUESTS_PER_MINUTE, 599));

        assertThat(state.get(Attribute.REQUESTS)).isEqualTo(before.get(Attribute.REQUESTS));
    }

    @Test
    void aRefusalForTokensOfAnyKindRaisesInputAndOutputAlike() {
        Admission admission = new Admission(Endpoints.limits(
                Pacing.BUCKET,
                Map.of(LimitKind.INPUT_TOKENS_PER_MINUTE, 6000L, LimitKind.OUTPUT_TOKENS_PER_MINUTE, 600L)));
        take(admission, new Demand(10, 10), 0);

        reconcile(
                admission,
                new Demand(10, 10),
                refusal(Duration.ofSeconds(10), Optional.of(LimitKind.TOKENS_PER_MINUTE)));

        assertThat(state.get(Attribute.INPUT_TOKENS)).isEqualTo(NOW + 70 * SECOND);
        assertThat(state.get(Attribute.OUTPUT_TOKENS)).isEqualTo(NOW + 70 * SECOND);
    }

    private static Feedback actual(long tokens) {
        return new Feedback(Optional.of(new Demand(tokens, 0)), Map.of(), 0, OptionalLong.empty(), Optional.empty());
    }

    private static Limits perDay(long limit, @Nullable ZoneId zone) {
        return new LimitsBuilder(Pacing.SMOOTH, Map.of(LimitKind.REQUESTS_PER_DAY, limit))
                .tokenAccounting(TokenAccounting.MAX)
                .dayReset(zone)
                .build();
    }

    private static Feedback refusal(Duration retryAfter, Optional<LimitKind> limit) {
        return new Feedback(Optional.empty(), Map.of(), 0, OptionalLong.of(retryAfter.toNanos()), limit);
    }

    private Feedback remaining(LimitKind kind, long left) {
        return new Feedback(Optional.empty(), Map.of(kind, left), now, OptionalLong.empty(), Optional.empty());
    }

    private ConditionalUpdate update(Admission admission, Observation seen, Demand demand, long maxWait) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder().add(Attribute.TOTAL_REQUESTS, 1);
        admission.take(update, seen, List.of(demand), now, now + maxWait);
        return update.build();
    }

    /** Takes room and returns the slot. */
    private long take(Admission admission, Demand demand, long maxWait) {
        ConditionalUpdate update = update(admission, new Observation(state, 0, 0), demand, maxWait);
        assertThat(update.allowedBy(state)).isTrue();
        state = update.applyTo(state);
        admitted = state;
        return admission.slot(state, demand);
    }

    private void reconcile(Admission admission, Demand demand, Feedback feedback) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder().add(Attribute.TOTAL_REQUESTS, 1);
        admission.reconcile(update, List.of(new CompletedCall(demand, admitted, feedback)), state, now);
        ConditionalUpdate built = update.build();
        assertThat(built.allowedBy(state)).isTrue();
        state = built.applyTo(state);
    }
}
