package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Fleets of 1 to 10,000 instances on items that take 1,000 writes a second each: what a request costs, and whether the
 * providers' limits are kept and used. Prints its tables; {@code -Dscale=all} adds what takes minutes.
 */
class ScaleBehaviourTest {

    private static final int SEED = Integer.getInteger("seed", 1);

    /** Of the limits, in the calls offered. */
    private static final double LOAD = 0.8;

    /** Of two endpoints with 1 s of their limit at once. The providers allow a fifth more than that, the slack. */
    private record Fleet(int instances, double perSecond, double from, double seconds) {

        ScaledFleet.Figures run(double limits) throws InterruptedException {
            ScaledFleet fleet = new ScaledFleet(SEED, pool(2, limits, Pacing.SMOOTH), instances, 1.25);
            fleet.loaded(perSecond / 2, 0);
            return print("smooth", this, 2, fleet.run(perSecond, from, seconds));
        }
    }

    @Test
    void atUsualLoadEveryFleetMakesTwoWritesARequest() throws InterruptedException {
        List<ScaledFleet.Figures> figures = new ArrayList<>();
        for (int instances : List.of(1, 10, 100, 1_000, 10_000)) {
            figures.add(new Fleet(instances, 200, 2, 8).run(200 / LOAD));
        }

        assertThat(figures).allSatisfy(each -> {
            assertThatNothingIsLost(each);
            assertThat(each.writes()).isLessThanOrEqualTo(2.05);
        });
        assertThat(figures.getLast().writes()).isLessThanOrEqualTo(1.05 * figures.get(1).writes());
    }

    /** 400 calls a second on each item. An instance of 10,000 gets one in 12 s. */
    @Test
    void aBusyItemGetsOneWriteARequestFromEveryFleet() throws InterruptedException {
        List<ScaledFleet.Figures> figures = new ArrayList<>();
        for (int instances : List.of(1, 10, 100, 1_000)) {
            figures.add(new Fleet(instances, 800, 2, 7).run(800 / LOAD));
        }
        figures.add(new Fleet(10_000, 800, 24, 32).run(800 / LOAD));

        assertThat(figures).allSatisfy(each -> {
            assertThatNothingIsLost(each);
            assertThat(each.writes()).isLessThanOrEqualTo(1.1);
        });
        assertThat(figures.getLast().writes()).isLessThanOrEqualTo(1.05 * figures.get(1).writes());
    }

    /** As many calls for each instance, one in 12 s; the row of 10,000 is in the table before. */
    @Test
    void aFleetThatGrowsWithItsLoadMakesNoMoreWritesARequest() throws InterruptedException {
        for (int instances : List.of(1, 10, 100, 1_000)) {
            double perSecond = 0.08 * instances;
            ScaledFleet.Figures figures =
                    new Fleet(instances, perSecond, 0, Math.max(10, 500 / perSecond)).run(800 / LOAD);

            assertThatNothingIsLost(figures);
            assertThat(figures.writes()).isLessThanOrEqualTo(2.05);
        }
    }

    /** 2,000 calls a second on one item, whose bucket of a minute is used up but for 1 s of it. */
    @Test
    void oneItemTakesTwiceAsManyCallsAsWrites() throws InterruptedException {
        for (Fleet fleet : List.of(
                new Fleet(1, 2_000, 2, 5),
                new Fleet(10, 2_000, 2, 5),
                new Fleet(100, 2_000, 2, 6),
                new Fleet(1_000, 2_000, 5, 9))) {
            ScaledFleet.Figures figures = leased(fleet, 1);

            assertThatNothingIsLost(figures);
            assertThat(figures.writes()).isLessThanOrEqualTo(0.3);
        }
    }

    /** An answer in twenty is a fault for 5 s, and all of them are from then on. 400 and 1,500 calls a second. */
    @ParameterizedTest
    @ValueSource(doubles = {400, 1_500})
    void answersThatAreReportedLateNeitherOpenABreakerNorKeepItClosed(double perSecond) throws InterruptedException {
        ScaledFleet fleet = new ScaledFleet(SEED, pool(1, perSecond / LOAD, Pacing.BUCKET), 50, 60);
        fleet.loaded(perSecond, 0);
        fleet.failing(0.05, 5);

        fleet.run(perSecond, 1, 7);

        System.out.printf("openings at %s, the outage began at 5 s%n", fleet.openings());
        assertThat(fleet.openings()).isNotEmpty();
        assertThat(fleet.openings().getFirst()).isBetween(5.0, 5.5);
    }

    @Test
    void tenThousandInstancesOnFiveItems() throws InterruptedException {
        assumeAllIsAskedFor("10,000 instances on 5 items");
        ScaledFleet.Figures figures = leased(new Fleet(10_000, 10_000, 15, 25), 5);

        assertThatNothingIsLost(figures);
        assertThat(figures.writes()).isLessThanOrEqualTo(0.4);
    }

    /** A fifth more than the limits. */
    @Test
    void overloadKeepsToTheLimits() throws InterruptedException {
        assumeAllIsAskedFor("overload");
        for (Fleet fleet : List.of(
                new Fleet(100, 200, 4, 12), new Fleet(100, 800, 4, 12), new Fleet(100, 2_000, 4, 12))) {
            ScaledFleet.Figures figures = fleet.run(fleet.perSecond() / 1.2);

            assertThat(figures.refusedByProviders()).isZero();
        }
    }

    private static void assumeAllIsAskedFor(String what) {
        boolean isAsked = "all".equals(System.getProperty("scale"));
        String reason = what + " takes minutes: -Dscale=all runs it";
        if (!isAsked) {
            System.out.println("SKIPPED: " + reason);
        }
        assumeTrue(isAsked, reason);
    }

    private static void assertThatNothingIsLost(ScaledFleet.Figures figures) {
        assertThat(figures.refusedByProviders()).isZero();
        assertThat(figures.throttled()).isZero();
        assertThat(figures.declined()).isZero();
    }

    private static ScaledFleet.Figures leased(Fleet fleet, int endpoints) throws InterruptedException {
        double limits = fleet.perSecond() / LOAD;
        ScaledFleet scaled = new ScaledFleet(SEED, pool(endpoints, limits, Pacing.BUCKET), fleet.instances(), 1.25);
        scaled.loaded(fleet.perSecond() / endpoints, 59 * ScaledFleet.SECOND);
        return print("bucket", fleet, endpoints, scaled.run(fleet.perSecond(), fleet.from(), fleet.seconds()));
    }

    private static Pool pool(int endpoints, double perSecond, Pacing pacing) {
        long perMinute = Math.round(60 * perSecond / endpoints);
        return Endpoints.pool(IntStream.range(0, endpoints)
                .mapToObj(i -> Endpoints.openAi("e" + i, Endpoints.requests(pacing, perMinute)))
                .toArray(Endpoint[]::new));
    }

    /** As a row of a table. */
    private static ScaledFleet.Figures print(
            String pacing, Fleet fleet, int endpoints, ScaledFleet.Figures figures) {
        System.out.printf(
                Locale.ROOT,
                "| %,d | %,.1f/s on %d endpoints, %s | %.2f | %.2f | %d | %d | %d | %.1f %% | %.0f ms |%n",
                fleet.instances(), fleet.perSecond(), endpoints, pacing,
                figures.writes(), figures.reads(), figures.throttled(), figures.refusedByProviders(),
                figures.declined(), 100 * figures.utilisation(), figures.p95Wait());
        return figures;
    }
}
