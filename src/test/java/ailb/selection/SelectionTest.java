package ailb.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ailb.pool.Endpoints;
import ailb.pool.Limits;
import ailb.pool.Pacing;
import ailb.pool.Provider;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import ailb.stats.KnownP95;
import ailb.stats.Latency;
import ailb.stats.Window;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectionTest {

    /** The end of an epoch, so that it counts in full and the one before not at all. */
    private static final long NOW = 1_800_000_029_999_999_999L;

    private static final Limits LIMIT = Endpoints.requests(Pacing.SMOOTH, 100);

    private final Selection selection = new Selection(true);

    @Test
    void choicesFollowWeightTimesCapacity() {
        // 2 x 0.5, 1 x 1 and 1 x 0.8
        List<Candidate> candidates = List.of(
                candidate("a", 2, admitted(25)), candidate("b", 1, EndpointState.EMPTY),
                candidate("c", 1, admitted(10)));
        Random random = new Random(7);
        int[] chosen = new int[3];
        for (int i = 0; i < 28_000; i++) {
            chosen[candidates.indexOf(selection.choose(candidates, CostRule.NONE, NOW, random))]++;
        }

        assertThat(chosen[0]).isCloseTo(10_000, within(300));
        assertThat(chosen[1]).isCloseTo(10_000, within(300));
        assertThat(chosen[2]).isCloseTo(8_000, within(300));
    }

    @Test
    void aFullEndpointKeepsASmallShare() {
        assertThat(scores(candidate("a", 1, admitted(60)))).containsExactly(0.02);
    }

    @Test
    void anEndpointTwiceAsSlowAsTheMedianGetsAQuarter() {
        double[] scores = scores(candidate("a", 1, answered(244)), candidate("b", 1, answered(244)),
                candidate("c", 1, answered(476)));

        assertThat(scores[0]).isEqualTo(1);
        // three buckets of 1.25 apart: 1 / 1.25^6
        assertThat(scores[2]).isCloseTo(0.262144, within(1e-6));
    }

    @Test
    void aQuickerEndpointThanTheMedianGetsNoMoreThanItsWeight() {
        double[] scores = scores(candidate("a", 1, answered(244)), candidate("b", 1, answered(476)));

        assertThat(scores[0]).isEqualTo(1);
    }

    @Test
    void theSlowestEndpointKeepsAShareSoThatItsRecoveryShows() {
        double[] scores = scores(candidate("a", 1, answered(150)), candidate("b", 1, answered(150)),
                candidate("c", 1, answered(90_000)));

        assertThat(scores[2]).isEqualTo(0.05);
    }

    /** The slow one's last known factor is 0.05: 0.05^(1 - age / 60 s). */
    @ParameterizedTest
    @CsvSource({"0, 0.05", "15, 0.105737", "30, 0.223607", "45, 0.472871", "59, 0.951297", "60, 1", "600, 1"})
    void whatWasLastKnownFadesWithinAMinute(long age, double factor) {
        double[] scores = scores(candidate("a", 1, answered(1000)), candidate("b", 1, answered(1000)),
                candidate("c", 1, lastKnown(90_000, age)));

        assertThat(scores[2]).isCloseTo(factor, within(1e-6));
        assertThat(scores[0]).isEqualTo(1);
    }

    @Test
    void whatWasLastKnownCountsForTheMedianAsWell() {
        double[] scores = scores(candidate("a", 1, lastKnown(1000, 30)), candidate("b", 1, lastKnown(1000, 30)),
                candidate("c", 1, lastKnown(2000, 0)));

        assertThat(scores).containsExactly(1, 1, 0.25);
    }

    /** The p95s are 244, 477 and 931 ms; 244 and 931 are equally far from the median, the slow one pays. */
    @Test
    void endpointsAreComparedWithTheMedianNotTheQuickestOrTheMean() {
        double[] scores = scores(candidate("a", 1, answered(244)), candidate("b", 1, answered(476)),
                candidate("c", 1, answered(931)));

        assertThat(scores[0]).isEqualTo(1);
        assertThat(scores[1]).isEqualTo(1);
        // three buckets of 1.25 apart: 1 / 1.25^6
        assertThat(scores[2]).isCloseTo(0.262144, within(1e-6));
    }

    @Test
    void nineAnswersAreTooFewToJudgeAnEndpointBy() {
        Candidate quick = candidate("a", 1, answered(150));

        assertThat(scores(quick, candidate("b", 1, answered(90_000, 9)))).containsExactly(1, 1);
        assertThat(scores(quick, candidate("b", 1, answered(90_000, 10)))).containsExactly(1, 0.05);
    }

    /** Instances that see the same do not send to the same: 0.6 of weight 1.5 against 0.4 of weight 1. */
    @Test
    void theBestScoreDoesNotTakeItAll() {
        List<Candidate> candidates =
                List.of(candidate("a", 1.5, EndpointState.EMPTY), candidate("b", 1, EndpointState.EMPTY));
        Random random = new Random(5);

        long toTheBest = IntStream.range(0, 10_000)
                .filter(_ -> selection.choose(candidates, CostRule.NONE, NOW, random).equals(candidates.getFirst()))
                .count();

        assertThat(toTheBest).isCloseTo(6_000, within(200L));
    }

    @Test
    void anEndpointThatHasJustRecoveredStartsSlowly() {
        EndpointState recovering = new EndpointState(Map.of(Attribute.RECOVERED_AT, NOW - 15_000_000_000L));

        assertThat(scores(candidate("a", 1, recovering))[0]).isCloseTo(0.55, within(1e-9));
    }

    @Test
    void latencyCountsForNothingWhereSwitchedOff() {
        double[] scores = new Selection(false)
                .scores(
                        List.of(
                                candidate("a", 1, answered(150)),
                                candidate("b", 1, answered(150)),
                                candidate("c", 1, answered(90_000))),
                        CostRule.NONE,
                        NOW);

        assertThat(scores).containsExactly(1, 1, 1);
    }

    @Test
    void aGeneratorAtItsVeryEndStillChooses() {
        List<Candidate> candidates =
                List.of(candidate("a", 1, EndpointState.EMPTY), candidate("b", 1, EndpointState.EMPTY));

        assertThat(selection.choose(candidates, CostRule.NONE, NOW, () -> -1L)).isEqualTo(candidates.get(1));
        assertThat(selection.choose(candidates, CostRule.NONE, NOW, () -> 0L)).isEqualTo(candidates.get(0));
    }

    private double[] scores(Candidate... candidates) {
        return selection.scores(List.of(candidates), CostRule.NONE, NOW);
    }

    private static Candidate candidate(String name, double weight, EndpointState state) {
        return new Candidate(Endpoints.endpoint(name, Provider.OPENAI, weight, LIMIT), state);
    }

    private static EndpointState admitted(long calls) {
        return counted(Map.of(WindowSlot::admitted, calls));
    }

    private static EndpointState answered(long millis) {
        return answered(millis, 20);
    }

    private static EndpointState answered(long millis, long answers) {
        return counted(Map.of(WindowSlot::successes, answers, Latency.bucket(millis * 1e6), answers));
    }

    private static EndpointState lastKnown(long millis, long secondsAgo) {
        return new EndpointState(Map.of(
                Attribute.P95, millis * 1_000_000, Attribute.P95_AT, NOW - secondsAgo * 1_000_000_000L));
    }

    private static EndpointState counted(
            Map<Function<WindowSlot, Attribute>, Long> counts) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        Window.of(EndpointState.EMPTY, NOW).count(update, counts);
        KnownP95.keep(update, update.build().applyTo(EndpointState.EMPTY), NOW);
        return update.build().applyTo(EndpointState.EMPTY);
    }
}
