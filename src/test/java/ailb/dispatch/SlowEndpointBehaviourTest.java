package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.selection.Chances;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One of five endpoints answers five times slower for two minutes. Answers of 256 tokens take 1 s, give or take.
 *
 * <p>So few calls go to it then that counts over 10 s are mostly chance: its share there is looked at as expected, the
 * mean of the probability it has at each choice. How shares swing is the standard deviation of counts over 10 s, by that
 * of as many choices of a fixed probability.
 */
class SlowEndpointBehaviourTest {

    private static final int SLOW_FROM = 60;
    private static final int SLOW_UNTIL = 180;
    private static final int END = 270;

    /** The windows have filled by then. */
    private static final int STEADY_FROM = 30;

    private static final int FALLEN_FROM = SLOW_FROM + 30;
    private static final int BACK_FROM = SLOW_UNTIL + 60;
    private static final int STRETCH = 10;

    private static final String SLOW = "a";
    private static final List<String> ALL = List.of(SLOW, "b", "c", "d", "e");

    /** Generators of seeds close together begin alike, and so would the runs, all in the same part of an epoch. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    @ParameterizedTest
    @ValueSource(ints = {20, 100, 200})
    void itsShareFallsAndComesBack(int perSecond) {
        List<Run> runs = LongStream.rangeClosed(1, Integer.getInteger("seeds", 3))
                .mapToObj(seed -> run(seed, perSecond))
                .toList();
        Figures figures = new Figures(
                most(runs, run -> run.share(SLOW, FALLEN_FROM, SLOW_UNTIL)),
                stretches(FALLEN_FROM, SLOW_UNTIL)
                        .mapToDouble(from -> mean(runs, run -> run.expected(from)))
                        .max()
                        .orElseThrow(),
                most(runs, run -> stretches(FALLEN_FROM, SLOW_UNTIL)
                        .mapToDouble(run::expected)
                        .max()
                        .orElseThrow()),
                most(runs, run -> stretches(FALLEN_FROM, SLOW_UNTIL)
                        .mapToDouble(from -> run.share(SLOW, from, from + STRETCH))
                        .max()
                        .orElseThrow()),
                -most(runs, run -> -stretches(BACK_FROM, END)
                        .mapToDouble(run::expected)
                        .min()
                        .orElseThrow()),
                most(runs, Run::slowdown),
                steadySwing(runs, STEADY_FROM, SLOW_FROM),
                swing(runs, SLOW, FALLEN_FROM, SLOW_UNTIL),
                steadySwing(runs, BACK_FROM, END));

        System.out.printf(
                "slow endpoint, %d requests/s, worst of %d seeds: share from 30 s on %.2f %%; in 10 s of that, expected"
                        + " %.2f %% (mean of the seeds %.2f %%), counted %.2f %%; in 10 s from 60 s after recovery on,"
                        + " expected %.1f %%; fleet's p95 by the baseline %.2f; swing by chance: before %.2f, while slow %.2f, after"
                        + " %.2f%n",
                perSecond,
                runs.size(),
                100 * figures.share(),
                100 * figures.expected(),
                100 * figures.expectedMean(),
                100 * figures.counted(),
                100 * figures.back(),
                figures.slowdown(),
                figures.swingBefore(),
                figures.swingSlow(),
                figures.swingAfter());
        assertThat(figures.share()).isLessThan(0.05);
        assertThat(figures.expected()).isLessThan(0.05);
        assertThat(figures.back()).isGreaterThan(0.15);
        assertThat(figures.slowdown()).isLessThan(1.25);
        assertThat(figures.swingBefore()).isLessThanOrEqualTo(2);
        assertThat(figures.swingSlow()).isLessThanOrEqualTo(2);
        assertThat(figures.swingAfter()).isLessThanOrEqualTo(2);
    }

    /**
     * The worst of all runs, where not said otherwise.
     *
     * @param share of the slow endpoint, while slow, but for the first 30 s
     * @param expectedMean the same in any 10 s, as expected, mean of the runs
     * @param expected the same as expected
     * @param counted the same as counted
     * @param back its share when it should be back, in any 10 s, as expected
     * @param slowdown the fleet's p95 by the baseline
     */
    private record Figures(
            double share,
            double expectedMean,
            double expected,
            double counted,
            double back,
            double slowdown,
            double swingBefore,
            double swingSlow,
            double swingAfter) {}

    private static IntStream stretches(int from, int until) {
        return IntStream.iterate(from, start -> start + STRETCH <= until, start -> start + STRETCH);
    }

    private static double mean(List<Run> runs, ToDoubleFunction<Run> figure) {
        return runs.stream().mapToDouble(figure).average().orElseThrow();
    }

    private static double most(List<Run> runs, ToDoubleFunction<Run> figure) {
        return runs.stream().mapToDouble(figure).max().orElseThrow();
    }

    /** Of the endpoint whose share swings most. */
    private static double steadySwing(List<Run> runs, int from, int until) {
        return ALL.stream()
                .mapToDouble(endpoint -> swing(runs, endpoint, from, until))
                .max()
                .orElseThrow();
    }

    private static double swing(List<Run> runs, String endpoint, int from, int until) {
        double share = mean(runs, run -> run.share(endpoint, from, until));
        return Math.sqrt(runs.stream()
                .flatMapToDouble(run -> stretches(from, until).mapToDouble(start -> {
                    double off = run.share(endpoint, start, start + STRETCH) - share;
                    long calls = run.calls(start, start + STRETCH).count();
                    return off * off * calls / (share * (1 - share));
                }))
                .average()
                .orElseThrow());
    }

    /**
     * @param at seconds since the start: when it was begun
     * @param slowChance probability of the slow endpoint, as the store's items have it; NaN where nobody asks
     */
    private record Call(double at, String endpoint, double slowChance) {}

    /** @param came seconds since the start */
    private record Answer(double came, double took) {}

    private record Run(List<Call> calls, List<Answer> answers) {

        Stream<Call> calls(int from, int until) {
            return calls.stream().filter(call -> call.at() >= from && call.at() < until);
        }

        double share(String endpoint, int from, int until) {
            return calls(from, until)
                    .mapToInt(call -> call.endpoint().equals(endpoint) ? 1 : 0)
                    .average()
                    .orElseThrow();
        }

        /** The slow endpoint's share of a stretch. */
        double expected(int from) {
            return calls(from, from + STRETCH)
                    .mapToDouble(Call::slowChance)
                    .average()
                    .orElseThrow();
        }

        /** The fleet's p95 while "a" is slow, but for the first 30 s, by that before. */
        double slowdown() {
            return p95(FALLEN_FROM, SLOW_UNTIL) / p95(20, SLOW_FROM);
        }

        private double p95(int from, int until) {
            double[] sorted = answers.stream()
                    .filter(answer -> answer.came() >= from && answer.came() < until)
                    .mapToDouble(Answer::took)
                    .sorted()
                    .toArray();
            return sorted[(int) (0.95 * sorted.length)];
        }
    }

    private static Run run(long seed, int perSecond) {
        Run run = new Run(new ArrayList<>(), new ArrayList<>());
        Endpoint[] endpoints = ALL.stream()
                .map(name -> Endpoints.openAi(name, Endpoints.unlimited()))
                .toArray(Endpoint[]::new);
        SimulatedFleet fleet = new SimulatedFleet(seed * SPREAD, Endpoints.pool(endpoints), (simulated, name, _) -> {
            double now = (double) simulated.elapsed() / SimulatedFleet.SECOND;
            double slowChance = (now >= FALLEN_FROM && now < SLOW_UNTIL) || now >= BACK_FROM
                    ? Chances.of(simulated.candidates(), simulated.now())[0]
                    : Double.NaN;
            run.calls().add(new Call(now, name, slowChance));
            boolean slow = name.equals(SLOW) && now >= SLOW_FROM && now < SLOW_UNTIL;
            double takes = (slow ? 5 : 1) * Math.exp(0.25 * simulated.random().nextGaussian());
            simulated.pass((long) (SimulatedFleet.SECOND * takes));
            return ScriptedUpstream.answer(10, 0, 256, 0);
        });
        fleet.run(perSecond, END, (came, _) -> run.answers()
                .add(
                        new Answer(came, (double) fleet.elapsed() / SimulatedFleet.SECOND - came)));
        return run;
    }
}
