package ailb.admission;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoints;
import ailb.pool.LimitKind;
import ailb.pool.Pacing;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits of which one instance has a share; the figures are worked out by hand. */
class SharedLimitsTest {

    private static final long START = 1_800_000_000_000_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private static final Demand SMALL = new Demand(10, 0);

    /** How many calls are let through at once, and when the next one is. */
    @ParameterizedTest
    @CsvSource({
        "BUCKET, 600, 0.25, 150, 400", // 150 at once, then 2.5 a second
        "BUCKET, 600, 0.01, 6, 10000",
        "SMOOTH, 6000, 0.1, 10, 103", // a second's 100 x 0.1, then 9.7 a second
        "EVEN, 60, 0.5, 1, 2105", // 60 x 0.95 x 0.5 = 28.5 a minute
        "BUCKET, 5, 0.01, 1, 1200000", // at least one request fits
    })
    void aShareOfARequestsLimitIsThatShareOfBurstAndRate(
            Pacing pacing, long limit, double share, int atOnce, long thenMillis) {
        Admission admission = new Admission(Endpoints.requests(pacing, limit), share);

        EndpointState state = EndpointState.EMPTY;
        for (int i = 0; i < atOnce; i++) {
            assertThat(wait(admission, state, SMALL)).isLessThanOrEqualTo(0);
            state = take(admission, state, SMALL);
        }
        assertThat(wait(admission, state, SMALL) / 1_000_000).isEqualTo(thenMillis);
    }

    /** 60,000 a minute x 0.1 is 100 tokens a second, 6,000 at once. */
    @Test
    void aCallLargerThanTheSharesBurstIsLetThroughAndPaidForInTime() {
        Admission admission = new Admission(
                Endpoints.limits(Pacing.BUCKET, Map.of(LimitKind.TOKENS_PER_MINUTE, 60_000L)), 0.1);
        Demand large = new Demand(20_000, 0);

        assertThat(wait(admission, EndpointState.EMPTY, large)).isLessThanOrEqualTo(0);
        EndpointState after = take(admission, EndpointState.EMPTY, large);

        assertThat(wait(admission, after, new Demand(6_000, 0))).isEqualTo(200 * SECOND);
        assertThat(admission.room(after, new Demand(60_001, 0), START))
                .isEqualTo(new Availability.Never(LimitKind.TOKENS_PER_MINUTE, 60_001, 60_000));
    }

    @ParameterizedTest
    @CsvSource({"100, 0.25, 25", "99, 0.25, 24", "50, 0.01, 1"})
    void aDaysRequestsAreSharedDownToOne(long limit, double share, int calls) {
        Admission admission = new Admission(
                Endpoints.limits(Pacing.BUCKET, Map.of(LimitKind.REQUESTS_PER_DAY, limit)), share);

        EndpointState state = EndpointState.EMPTY;
        for (int i = 0; i < calls; i++) {
            assertThat(wait(admission, state, SMALL)).isZero();
            state = take(admission, state, SMALL);
        }
        assertThat(wait(admission, state, SMALL)).isPositive();
    }

    /** 100 of 600 left, of which a quarter is ours: 25 of 150, so 125 x 0.4 s of the 60 s are taken. */
    @Test
    void whatTheProviderSaysIsLeftIsSharedToo() {
        Admission admission = new Admission(Endpoints.requests(Pacing.BUCKET, 600), 0.25);
        EndpointState state = take(admission, EndpointState.EMPTY, SMALL);
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();

        admission.reconcile(
                update,
                List.of(new CompletedCall(
                        SMALL,
                        state,
                        new Feedback(
                                Optional.empty(),
                                Map.of(LimitKind.REQUESTS_PER_MINUTE, 100L),
                                START,
                                OptionalLong.empty(),
                                Optional.empty()))),
                state,
                START);

        assertThat(update.build().applyTo(state).get(Attribute.REQUESTS)).isEqualTo(START + 50 * SECOND);
    }

    private static long wait(Admission admission, EndpointState state, Demand demand) {
        return admission.room(state, demand, START) instanceof Availability.From(long moment)
                ? moment - START
                : Long.MAX_VALUE;
    }

    private static EndpointState take(Admission admission, EndpointState state, Demand demand) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        admission.take(update, new Observation(state, 0, 0), List.of(demand), START, START);
        ConditionalUpdate built = update.build();
        assertThat(built.allowedBy(state)).isTrue();
        return built.applyTo(state);
    }
}
