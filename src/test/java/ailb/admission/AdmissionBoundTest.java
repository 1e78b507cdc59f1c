package ailb.admission;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoints;
import ailb.pool.LimitKind;
import ailb.pool.Pacing;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Instances with views of any age, bursts and pauses: however they mix, no window holds more calls than allowed. */
class AdmissionBoundTest {

    private static final double SECOND = 1e9;

    @ParameterizedTest
    @CsvSource({
        // pacing, requests a minute, then by hand: interval, depth and slack in seconds
        "EVEN, 60, 1.0526315789, 1.0526315789, 0.2",
        "EVEN, 1200, 0.0526315789, 0.0526315789, 0.0131578948",
        "SMOOTH, 600, 0.1030927835, 1.030927835, 0.2",
        "SMOOTH, 30, 2.0618556701, 2.0618556701, 0.2",
        "BUCKET, 60, 1, 60, 0.2",
        "BUCKET, 1000, 0.06, 60, 0.2",
    })
    void noWindowHoldsMoreThanTheBound(Pacing pacing, long limit, double interval, double depth, double slack) {
        for (int seed = 0; seed < 20; seed++) {
            List<Long> starts =
                    calls(new Admission(Endpoints.requests(pacing, limit)), interval, new Random(seed), () -> 0)
                            .stream()
                            .map(Call::start)
                            .toList();
            for (int first = 0; first < starts.size(); first++) {
                for (int last = first; last < starts.size(); last++) {
                    double length = (starts.get(last) - starts.get(first)) / SECOND;
                    assertThat((double) (last - first + 1))
                            .as("seed %d, calls %d to %d", seed, first, last)
                            .isLessThanOrEqualTo((length + depth + slack) / interval + 1e-6);
                }
            }
        }
    }

    /**
     * 1,200 requests a minute, evenly, beside 60,000 tokens a minute; calls take 10 or 5,000 tokens. By hand, in
     * seconds: requests every 0.0526, slack a quarter of it; a token 0.00125, of which 12,000 at once, slack 0.2.
     */
    @Test
    void neitherOfTwoLimitsIsExceededWhicheverMakesTheOtherWait() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            List<Call> calls = calls(
                    new Admission(Endpoints.limits(
                            Pacing.EVEN,
                            Map.of(LimitKind.REQUESTS_PER_MINUTE, 1200L, LimitKind.TOKENS_PER_MINUTE, 60_000L))),
                    0.0526315789,
                    random,
                    () -> random.nextInt(20) == 0 ? 5_000 : 10);
            for (int first = 0; first < calls.size(); first++) {
                long tokens = 0;
                for (int last = first; last < calls.size(); last++) {
                    tokens += calls.get(last).tokens();
                    double length = (calls.get(last).start() - calls.get(first).start()) / SECOND;
                    assertThat((double) (last - first + 1))
                            .as("seed %d, calls %d to %d", seed, first, last)
                            .isLessThanOrEqualTo((length + 0.0526315789 + 2 * 0.0131578948) / 0.0526315789 + 1e-6);
                    assertThat((double) tokens)
                            .as("tokens, seed %d, calls %d to %d", seed, first, last)
                            .isLessThanOrEqualTo((length + 15 + 2 * 0.2) / 0.00125 + 1e-6);
                }
            }
        }
    }

    private record Call(long start, long tokens) {}

    /** The calls that were admitted, in the order they start in. */
    private static List<Call> calls(Admission admission, double interval, Random random, LongSupplier tokens) {
        long now = 1_800_000_000_000_000_000L;
        EndpointState shared = EndpointState.EMPTY;
        EndpointState[] views = {shared, shared, shared, shared, shared, shared};
        long[] viewedAt = {now, now, now, now, now, now};
        List<Call> calls = new ArrayList<>();
        for (int step = 0; step < 600; step++) {
            now += (long) (random.nextInt(4) == 0 ? random.nextDouble() * 5 * interval * SECOND : 1e6);
            int instance = random.nextInt(views.length);
            if (random.nextInt(5) == 0) {
                views[instance] = shared;
                viewedAt[instance] = now;
            }
            Demand demand = new Demand(tokens.getAsLong(), 0);
            long latest = now + (long) (random.nextInt(3) * 10 * interval * SECOND);
            if (!(admission.room(views[instance], demand, now) instanceof Availability.From(long moment))
                    || moment > latest) {
                continue;
            }
            Observation seen =
                    new Observation(views[instance], now - viewedAt[instance], random.nextBoolean() ? 0 : 100);
            ConditionalUpdate.Builder builder = ConditionalUpdate.builder().add(Attribute.TOTAL_REQUESTS, 1);
            admission.take(builder, seen, List.of(demand), now, latest);
            ConditionalUpdate update = builder.build();
            if (update.allowedBy(shared)) {
                shared = update.applyTo(shared);
                long slot = admission.slot(shared, demand);
                assertThat(slot).isLessThanOrEqualTo(latest);
                calls.add(new Call(Math.max(now, slot), demand.inputTokens()));
            }
            views[instance] = shared;
            viewedAt[instance] = now;
        }
        assertThat(calls).hasSizeGreaterThan(20);
        return calls.stream().sorted(Comparator.comparingLong(Call::start)).toList();
    }
}
