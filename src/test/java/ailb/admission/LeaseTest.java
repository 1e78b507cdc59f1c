package ailb.admission;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoints;
import ailb.pool.LimitKind;
import ailb.pool.Pacing;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/**
 * Several calls of the lower class in one write. 60,000 requests a minute with bucket pacing at a margin of 1 would be
 * one a millisecond; here 600: one in 100 ms, 600 at once, of which the lower class may take 480.
 */
class LeaseTest {

    private static final long NOW = 1_800_000_000_000_000_000L;
    private static final long MILLI = 1_000_000;
    private static final long AHEAD = 250 * MILLI;
    private static final Demand CALL = new Demand(10, 0);

    private final Admission usual = new Admission(Endpoints.requests(Pacing.BUCKET, 600));
    private final Admission lower = usual.lower(0.8);

    @Test
    void theLowerClassLeavesAFifthOfTheBurstAndMayReserveAQuarterSecondAhead() {
        // 480 at once, and two more that start 100 and 200 ms from now.
        assertThat(lower.fitting(EndpointState.EMPTY, calls(600), NOW, NOW + AHEAD)).isEqualTo(482);
        assertThat(usual.fitting(EndpointState.EMPTY, calls(700), NOW, NOW)).isEqualTo(600);
    }

    @Test
    void anInteractiveCallOvertakesWhatTheLowerClassHasTaken() {
        EndpointState full = take(lower, EndpointState.EMPTY, 482);

        assertThat(lower.fitting(full, calls(1), NOW, NOW + AHEAD)).isZero();
        assertThat(usual.fitting(full, calls(200), NOW, NOW)).isEqualTo(118);
        assertThat(usual.slot(take(usual, full, 1), calls(1).getFirst())).isLessThanOrEqualTo(NOW);
    }

    @Test
    void theSlotsOfALeaseAreAnEmissionIntervalApart() {
        EndpointState leased = take(lower, EndpointState.EMPTY, 482);

        List<Long> slots = lower.each(leased, calls(482))
                .stream()
                .map(each -> lower.slot(each, calls(1).getFirst()))
                .toList();

        assertThat(slots.subList(0, 480)).allMatch(slot -> slot <= NOW);
        assertThat(slots.subList(480, 482)).containsExactly(NOW + 100 * MILLI, NOW + 200 * MILLI);
    }

    /** 20 ms apart one at a time, 12 fit into a quarter of a second; 100 ms are left for the next write to come. */
    @Test
    void withoutABurstALeaseLastsUntilTheNextIsDue() {
        Admission even = new Admission(Endpoints.requests(Pacing.EVEN, 3158)).lower(0.8); // x 0.95: one in 20 ms
        assertThat(even.fitting(EndpointState.EMPTY, calls(50), NOW, NOW + AHEAD)).isEqualTo(13);
        assertThat(even.atOnce(calls(50), AHEAD)).isEqualTo(8);
        EndpointState full = take(even, EndpointState.EMPTY, 13);

        // The last of 13 starts at 240 ms, so the eighth after it at 400 ms: not before 150 ms are over.
        assertThat(even.room(full, calls(8), AHEAD, NOW) - NOW).isBetween(149 * MILLI, 151 * MILLI);
        assertThat(even.fitting(full, calls(8), NOW + 151 * MILLI, NOW + 151 * MILLI + AHEAD)).isEqualTo(8);
    }

    /** 60,000 tokens a minute of which a fifth at once: 12,000; of those the lower class may take 9,600. */
    @Test
    void aLeaseTakesOfEveryLimit() {
        Admission both = new Admission(Endpoints.limits(
                Pacing.SMOOTH,
                Map.of(LimitKind.REQUESTS_PER_MINUTE, 6000L, LimitKind.TOKENS_PER_MINUTE, 60_000L)))
                .lower(0.8);
        List<Demand> dear = Collections.nCopies(10, new Demand(2_000, 0));

        assertThat(both.fitting(EndpointState.EMPTY, dear, NOW, NOW + AHEAD)).isEqualTo(4);
    }

    /** 1,000 tokens a second: of the last call's 0.96 s time has left 0.6 s after 9 s, and of those before it nothing. */
    @Test
    void theCallsOfALeaseGiveBackTogetherWhatTimeHasNot() {
        Admission admission = new Admission(
                Endpoints.limits(Pacing.BUCKET, Map.of(LimitKind.TOKENS_PER_MINUTE, 60_000L)));
        List<Demand> calls = Collections.nCopies(10, new Demand(960, 0));
        ConditionalUpdate.Builder take = ConditionalUpdate.builder();
        admission.take(take, new Observation(EndpointState.EMPTY, 0, 0), calls, NOW, NOW);
        EndpointState leased = take.build().applyTo(EndpointState.EMPTY);
        Feedback little = new Feedback(
                Optional.of(new Demand(96, 0)), Map.of(), NOW, OptionalLong.empty(), Optional.empty());
        ConditionalUpdate.Builder reconcile = ConditionalUpdate.builder();

        admission.reconcile(
                reconcile,
                admission.each(leased, calls)
                        .stream()
                        .map(each -> new CompletedCall(calls.getFirst(), each, little))
                        .toList(),
                leased,
                NOW + 9_000 * MILLI);

        assertThat(reconcile.build().applyTo(leased).get(Attribute.TOKENS)).isEqualTo(NOW + 9_000 * MILLI);
    }

    @Test
    void aLeaseTakesNoMoreThanIsLeftOfTheDay() {
        Admission daily = new Admission(Endpoints.limits(Pacing.SMOOTH, Map.of(LimitKind.REQUESTS_PER_DAY, 5L)))
                .lower(0.8);

        EndpointState used = take(daily, EndpointState.EMPTY, 3);

        assertThat(daily.fitting(used, calls(10), NOW, NOW)).isEqualTo(2);
        assertThat(daily.room(used, calls(3), AHEAD, NOW)).isEqualTo(NOW);
        // 2027-01-15 08:00 UTC: the day has 16 hours to go.
        assertThat(daily.room(take(daily, used, 2), calls(3), AHEAD, NOW))
                .isEqualTo(NOW + Duration.ofHours(16).toNanos());
    }

    private static List<Demand> calls(int number) {
        return Collections.nCopies(number, CALL);
    }

    private static EndpointState take(Admission admission, EndpointState state, int calls) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        admission.take(update, new Observation(state, 0, 0), calls(calls), NOW, NOW + AHEAD);
        assertThat(update.build().allowedBy(state)).isTrue();
        return update.build().applyTo(state);
    }
}
