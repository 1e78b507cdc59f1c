package ailb.admission;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoints;
import ailb.pool.Pacing;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Instances with views of any age, bursts and pauses: however they mix, no window holds more calls than allowed. */
class AdmissionBoundTest {

    private static final Demand CALL = new Demand(0, 0);
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
            List<Long> starts = starts(new Admission(Endpoints.requests(pacing, limit)), interval, new Random(seed));
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

    /** When the calls start that were admitted, in order. */
    private static List<Long> starts(Admission admission, double interval, Random random) {
        long now = 1_800_000_000_000_000_000L;
        EndpointState shared = EndpointState.EMPTY;
        EndpointState[] views = {shared, shared, shared};
        long[] viewedAt = {now, now, now};
        List<Long> starts = new ArrayList<>();
        for (int step = 0; step < 400; step++) {
            now += (long) (random.nextInt(4) == 0 ? random.nextDouble() * 5 * interval * SECOND : 1e6);
            int instance = random.nextInt(views.length);
            if (random.nextInt(5) == 0) {
                views[instance] = shared;
                viewedAt[instance] = now;
            }
            long latest = now + (long) (random.nextInt(3) * interval * SECOND);
            if (!(admission.room(views[instance], CALL, now) instanceof Room.From(long moment)) || moment > latest) {
                continue;
            }
            Observation seen =
                    new Observation(views[instance], now - viewedAt[instance], random.nextBoolean() ? 0 : 100);
            ConditionalUpdate.Builder update = ConditionalUpdate.builder().add(Attribute.TOTAL_REQUESTS, 1);
            admission.take(update, seen, CALL, now, latest);
            if (update.build().allowedBy(shared)) {
                shared = update.build().applyTo(shared);
                long slot = admission.slot(shared, CALL);
                assertThat(slot).isLessThanOrEqualTo(latest);
                starts.add(Math.max(now, slot));
            }
            views[instance] = shared;
            viewedAt[instance] = now;
        }
        assertThat(starts).hasSizeGreaterThan(20);
        return starts.stream().sorted().toList();
    }
}
