package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoints;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import java.util.stream.IntStream;
import ailb.pool.Endpoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleBehaviourTest {

    @ParameterizedTest
    @CsvSource({
        "10, 2, 800, 8, SMOOTH", "10000, 2, 800, 40, SMOOTH",
        "100, 1, 2000, 8, BUCKET","1000, 1, 2000, 12, BUCKET",
        "10, 1, 2000, 8, SMOOTH","100, 1, 2000, 8, SMOOTH",
    })
    void same(int instances, int endpoints, int perSecond, int seconds, Pacing pacing) throws Exception {
        long t = System.nanoTime();
        ScaledFleet fleet = new ScaledFleet(1, pool(endpoints, perSecond, 0.8, pacing), instances, pacing == Pacing.SMOOTH ? 1.25 : 60);
        fleet.loaded((double) perSecond / endpoints);
        ScaledFleet.Figures f = fleet.run(perSecond, seconds / 2.0, seconds);
        System.out.printf("%d instances %d endpoints %d/s %s: %s  (%.1f s)%n", instances, endpoints, perSecond, pacing, f, (System.nanoTime() - t) / 1e9);
    }

    private static Pool pool(int endpoints, double perSecond, double load, Pacing pacing) {
        return Endpoints.pool(IntStream.range(0, endpoints)
                .mapToObj(i -> Endpoints.openAi("e" + i, Endpoints.requests(pacing, Math.round(60 * perSecond / load / endpoints))))
                .toArray(Endpoint[]::new));
    }
}
