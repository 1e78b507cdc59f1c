package ailb.admission;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoints;
import ailb.pool.LimitKind;
import ailb.pool.Pacing;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Permits that are held and used at any moment until their time is up, beside calls that go at once, at every load: the
 * bound is the one that holds without them (see {@link AdmissionBoundTest}).
 */
class HeldPermitsBoundTest {

    private static final double SECOND = 1e9;
    private static final int CALLS = 500;

    @ParameterizedTest
    @CsvSource({
        // pacing, requests a minute, then by hand: interval, depth and slack in seconds
        "SMOOTH, 600, 0.1030927835, 1.030927835, 0.2",
        "SMOOTH, 6000, 0.01030927835, 1.030927835, 0.2",
        "BUCKET, 60, 1, 60, 0.2",
        "BUCKET, 6000, 0.01, 60, 0.2",
    })
    void noWindowHoldsMoreThanTheBound(Pacing pacing, long limit, double interval, double depth, double slack) {
        int held = 0;
        for (int seed = 0; seed < 40; seed++) {
            Course course = new Course(new Admission(Endpoints.requests(pacing, limit)), seed, interval, depth);
            List<Call> calls = course.calls(false);
            held += course.held;
            for (int first = 0; first < calls.size(); first++) {
                for (int last = first; last < calls.size(); last++) {
                    double length = (calls.get(last).start() - calls.get(first).start()) / SECOND;
                    if (last - first + 1 > (length + depth + slack) / interval + 1e-3) {
                        assertThat(last - first + 1).as("seed %d, calls %d to %d", seed, first, last)
                                .isLessThanOrEqualTo((int) ((length + depth + slack) / interval));
                    }
                }
            }
        }
        assertThat(held).isGreaterThan(40 * CALLS / 5);
    }

    /** 6,000 requests a minute beside 600,000 tokens a minute, of which 120,000 at once; by hand as above. */
    @Test
    void neitherOfTwoLimitsIsExceeded() {
        int held = 0;
        for (int seed = 0; seed < 40; seed++) {
            Course course = new Course(
                    new Admission(Endpoints.limits(
                            Pacing.SMOOTH,
                            Map.of(LimitKind.REQUESTS_PER_MINUTE, 6000L, LimitKind.TOKENS_PER_MINUTE, 600_000L))),
                    seed,
                    0.0125,
                    1);
            List<Call> calls = course.calls(true);
            held += course.held;
            for (int first = 0; first < calls.size(); first++) {
                long tokens = 0;
                for (int last = first; last < calls.size(); last++) {
                    tokens += calls.get(last).tokens();
                    double length = (calls.get(last).start() - calls.get(first).start()) / SECOND;
                    if (last - first + 1 > (length + 1.030927835 + 2 * 0.2) / 0.01030927835 + 1e-3
                            || tokens > (length + 15 + 2 * 0.2) / 0.000125 + 1e-3) {
                        assertThat(length).as("seed %d, calls %d to %d, %d tokens", seed, first, last, tokens).isNaN();
                    }
                }
            }
        }
        assertThat(held).isGreaterThan(40 * CALLS / 5);
    }

    private record Call(long start, long tokens) {}

    /** Calls that come by chance, at twice and at half the limit and in bursts, to instances with views of any age. */
    private static final class Course {

        private final Admission admission;
        private final Random random;
        private final double interval;
        private final double depth;
        private final EndpointState[] views = new EndpointState[6];
        private final long[] viewedAt = new long[6];
        private final List<Call> calls = new ArrayList<>();
        private EndpointState shared = EndpointState.EMPTY;
        private long now = 1_800_000_000_000_000_000L;
        private int held;

        Course(Admission admission, long seed, double interval, double depth) {
            this.admission = admission;
            this.random = new Random(seed);
            this.interval = interval;
            this.depth = depth;
            Arrays.fill(views, shared);
        }

        List<Call> calls(boolean tokens) {
            while (calls.size() < CALLS) {
                double pace = random.nextInt(50) == 0 ? depth / interval * random.nextDouble()
                        : 0.5 + 1.5 * random.nextInt(2);
                now += (long) (pace * interval * SECOND * random.nextDouble() * (random.nextInt(4) == 0 ? 4 : 0));
                int instance = random.nextInt(views.length);
                if (random.nextInt(3) == 0) {
                    views[instance] = shared;
                    viewedAt[instance] = now;
                }
                Demand demand = new Demand(tokens ? 1 + random.nextInt(500) : 0, 0);
                if (random.nextBoolean()) {
                    lease(instance, demand);
                } else {
                    long latest = now + (long) (random.nextInt(3) * 10 * interval * SECOND);
                    admit(admission, instance, List.of(demand), now, latest);
                }
            }
            return calls.stream().sorted(Comparator.comparingLong(Call::start)).toList();
        }

        private void lease(int instance, Demand demand) {
            long holdable = admission.holdable(now);
            List<Demand> demands = Collections.nCopies(1 + random.nextInt(10), demand);
            admit(admission.held(holdable), instance, demands, now + holdable, now + holdable);
        }

        private void admit(Admission by, int instance, List<Demand> demands, long moment, long latest) {
            int fitting = by.fitting(views[instance], demands, moment, latest);
            if (fitting == 0) {
                return;
            }
            List<Demand> admitted = demands.subList(0, fitting);
            Observation seen =
                    new Observation(views[instance], now - viewedAt[instance], random.nextBoolean() ? 0 : 100);
            ConditionalUpdate.Builder builder = ConditionalUpdate.builder().add(Attribute.TOTAL_REQUESTS, 1);
            by.take(builder, seen, admitted, moment, latest);
            ConditionalUpdate update = builder.build();
            if (update.allowedBy(shared)) {
                shared = update.applyTo(shared);
                started(admitted, latest, moment > now);
            }
            views[instance] = shared;
            viewedAt[instance] = now;
        }

        private void started(List<Demand> admitted, long latest, boolean leased) {
            List<EndpointState> each = admission.each(shared, admitted);
            boolean last = random.nextBoolean();
            for (int i = 0; i < admitted.size(); i++) {
                long soonest = Math.max(now, admission.slot(each.get(i), admitted.get(i)));
                assertThat(soonest).isLessThanOrEqualTo(latest);
                double share = last ? 1 : random.nextDouble();
                long start = leased ? soonest + (long) (share * (latest - soonest)) : soonest;
                held += leased ? 1 : 0;
                calls.add(new Call(start, admitted.get(i).inputTokens()));
            }
        }
    }
}
