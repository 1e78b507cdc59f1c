package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One of five endpoints answers five times slower for two minutes. Answers of 256 tokens take 1 s, give or take. */
class SlowEndpointBehaviourTest {

    private static final int SLOW_FROM = 60;
    private static final int SLOW_UNTIL = 180;
    private static final int END = 275;

    @ParameterizedTest
    @ValueSource(ints = {20, 100})
    void itsShareFallsAndComesBack(int perSecond) {
        List<Run> runs = LongStream.rangeClosed(1, Integer.getInteger("seeds", 3))
                .mapToObj(seed -> run(seed, perSecond))
                .toList();

        System.out.printf(
                "slow endpoint, %d requests/s, %d seeds (mean, worst): share before %.1f %%, from 30 s on %.2f %%, %.2f"
                        + " %%, any 10 s of that %.2f %%, %.2f %%; 60 to 90 s after recovery %.1f %%, %.1f %%; fleet's"
                        + " p95 from 30 s on by the baseline %.2f, %.2f%n",
                perSecond,
                runs.size(),
                100 * mean(runs.stream().map(run -> run.share(20, SLOW_FROM)).toList()),
                100 * mean(runs.stream().map(Run::slowShare).toList()),
                100 * max(runs.stream().map(Run::slowShare).toList()),
                100 * mean(runs.stream().map(Run::worstSlowShare).toList()),
                100 * max(runs.stream().map(Run::worstSlowShare).toList()),
                100 * mean(runs.stream().map(Run::recoveredShare).toList()),
                100 * -max(runs.stream().map(run -> -run.recoveredShare()).toList()),
                mean(runs.stream().map(Run::slowdown).toList()),
                max(runs.stream().map(Run::slowdown).toList()));
        assertThat(runs).allMatch(run -> run.slowShare() < 0.05);
        assertThat(runs).allMatch(run -> run.recoveredShare() > 0.15);
        assertThat(runs).allMatch(run -> run.slowdown() < 1.25);
    }

    private static double mean(Collection<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    private static double max(Collection<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    /** @param at seconds since the start: when it was begun */
    private record Call(double at, String endpoint) {}

    /** @param came seconds since the start */
    private record Answer(double came, double took) {}

    private record Run(List<Call> calls, List<Answer> answers) {

        double share(double from, double until) {
            List<Call> among = calls.stream()
                    .filter(call -> call.at() >= from && call.at() < until)
                    .toList();
            return (double) among.stream().filter(call -> call.endpoint().equals("a")).count() / among.size();
        }

        double slowShare() {
            return share(SLOW_FROM + 30, SLOW_UNTIL);
        }

        double worstSlowShare() {
            double worst = 0;
            for (int from = SLOW_FROM + 30; from + 10 <= SLOW_UNTIL; from++) {
                worst = Math.max(worst, share(from, from + 10));
            }
            return worst;
        }

        double recoveredShare() {
            return share(SLOW_UNTIL + 60, SLOW_UNTIL + 90);
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
            run.calls().add(new Call(now, name));
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
