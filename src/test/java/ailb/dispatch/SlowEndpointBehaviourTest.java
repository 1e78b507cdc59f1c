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

/** One of five endpoints answers five times slower for two minutes. Answers of 256 tokens take 1 s, give or take. */
class SlowEndpointBehaviourTest {

    private static final int SLOW_FROM = 60;
    private static final int SLOW_UNTIL = 180;
    private static final int END = 270;
    private static final int STRETCH = 10;

    /** The window has filled by then. */
    private static final int STEADY_FROM = 30;

    @ParameterizedTest
    @ValueSource(ints = {20, 100, 200})
    void itsShareFallsAndComesBack(int perSecond) {
        List<Run> runs = LongStream.rangeClosed(1, Integer.getInteger("seeds", 3))
                .mapToObj(seed -> run(seed, perSecond))
                .toList();
        if (Boolean.getBoolean("series")) {
            for (int from = 0; from < END; from += STRETCH) {
                int f = from;
                System.out.printf("%3d: share %.2f %% sd/chance %.2f, expected mean %.2f %% worst %.2f %%%n", f,
                        100 * mean(runs, run -> run.share("a", f, f + STRETCH)),
                        swing(runs, "a", f, f + STRETCH),
                        100 * mean(runs, run -> run.chance(f, f + STRETCH)),
                        100 * most(runs, run -> run.chance(f, f + STRETCH)));
            }
        }
        List<Integer> stretches = IntStream.iterate(SLOW_FROM + 30, from -> from + STRETCH <= SLOW_UNTIL, from -> from + STRETCH)
                .boxed().toList();
        double whole = most(runs, run -> run.share("a", SLOW_FROM + 30, SLOW_UNTIL));
        double expected = stretches.stream().mapToDouble(from -> mean(runs, run -> run.chance(from, from + STRETCH))).max().orElseThrow();
        double expectedWorst = stretches.stream().mapToDouble(from -> most(runs, run -> run.chance(from, from + STRETCH))).max().orElseThrow();
        double share = stretches.stream().mapToDouble(from -> mean(runs, run -> run.share("a", from, from + STRETCH))).max().orElseThrow();
        double shareWorst = stretches.stream().mapToDouble(from -> most(runs, run -> run.share("a", from, from + STRETCH))).max().orElseThrow();
        double back = -most(runs, run -> -run.share("a", SLOW_UNTIL + 60, END));
        double slowdown = most(runs, Run::slowdown);
        double swingBefore = Stream.of("a", "b", "c", "d", "e").mapToDouble(n -> swing(runs, n, STEADY_FROM, SLOW_FROM)).max().orElseThrow();
        double swingSlow = swing(runs, "a", SLOW_FROM + 30, SLOW_UNTIL);
        double swingAfter = Stream.of("a", "b", "c", "d", "e").mapToDouble(n -> swing(runs, n, SLOW_UNTIL + 60, END)).max().orElseThrow();
        System.out.printf(
                "slow endpoint, %d requests/s, %d seeds: share from 30 s on, worst %.2f %%; worst 10 s: expected, mean of seeds %.2f"
                        + " %%, worst seed %.2f %%, counted, mean of seeds %.2f %%, worst seed %.2f %%; share 60 to 90 s after recovery, least"
                        + " %.1f %%; fleet's p95 by the baseline, mean %.2f worst %.2f; swing by chance: before %.2f, while slow"
                        + " %.2f, after %.2f%n",
                perSecond, runs.size(), 100 * whole, 100 * expected, 100 * expectedWorst, 100 * share, 100 * shareWorst, 100 * back,
                mean(runs, Run::slowdown), slowdown, swingBefore, swingSlow, swingAfter);
    }

    private static double mean(List<Run> runs, ToDoubleFunction<Run> figure) {
        return runs.stream().mapToDouble(figure).average().orElseThrow();
    }

    private static double most(List<Run> runs, ToDoubleFunction<Run> figure) {
        return runs.stream().mapToDouble(figure).max().orElseThrow();
    }

    /** Standard deviation of an endpoint's share over stretches of 10 s, by that of a choice of fixed chance. */
    private static double swing(List<Run> runs, String endpoint, int from, int until) {
        double mean = mean(runs, run -> run.share(endpoint, from, until));
        double squares = 0;
        int stretches = 0;
        for (Run run : runs) {
            for (int start = from; start + STRETCH <= until; start += STRETCH) {
                double off = run.share(endpoint, start, start + STRETCH) - mean;
                squares += off * off / (mean * (1 - mean) / run.calls(start, start + STRETCH).size());
                stretches++;
            }
        }
        return Math.sqrt(squares / stretches);
    }

    /** @param at seconds since the start: when it was begun
     * @param chance of the slow endpoint */
    private record Call(double at, String endpoint, double chance) {}

    /** @param came seconds since the start */
    private record Answer(double came, double took) {}

    private record Run(List<Call> calls, List<Answer> answers) {

        List<Call> calls(int from, int until) {
            return calls.stream().filter(call -> call.at() >= from && call.at() < until).toList();
        }

        double share(String endpoint, int from, int until) {
            List<Call> among = calls(from, until);
            return (double) among.stream().filter(call -> call.endpoint().equals(endpoint)).count() / among.size();
        }

        double chance(int from, int until) {
            return calls(from, until).stream().mapToDouble(Call::chance).average().orElseThrow();
        }

        /** The fleet's p95 while "a" is slow, but for the first 30 s, by that before. */
        double slowdown() {
            return p95(SLOW_FROM + 30, SLOW_UNTIL) / p95(20, SLOW_FROM);
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
        Endpoint[] endpoints = Stream.of("a", "b", "c", "d", "e")
                .map(name -> Endpoints.openAi(name, Endpoints.unlimited()))
                .toArray(Endpoint[]::new);
        SimulatedFleet fleet = new SimulatedFleet(seed, Endpoints.pool(endpoints), (simulated, name, _) -> {
            double now = (double) simulated.elapsed() / SimulatedFleet.SECOND;
            run.calls().add(new Call(now, name, Chances.of(simulated.candidates(), simulated.now())[0]));
            boolean slow = name.equals("a") && now >= SLOW_FROM && now < SLOW_UNTIL;
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
