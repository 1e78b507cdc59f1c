package ailb.history;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.history.SequentialObject.Done;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The object is a counter: an operation adds to it, and is answered with the sum. */
class LinearizabilityTest {

    private static final SequentialObject<Integer, Integer, Integer> COUNTER =
            (sum, more) -> new Done<>(sum + more, sum + more);

    @Test
    void operationsOneAfterTheOtherAreDoneInThatOrder() {
        assertLinearizable(List.of(added(0, 1, 1, 1), added(2, 3, 1, 2), added(4, 5, 0, 2)));
    }

    @Test
    void anOldValueReadAfterANewerOneWasAnsweredIsRefused() {
        Operation<Integer, Integer> stale = added(2, 3, 0, 0);

        assertThat(unexplained(List.of(added(0, 1, 1, 1), stale))).containsExactly(stale);
    }

    @Test
    void operationsThatOverlapAreDoneInEitherOrder() {
        assertLinearizable(List.of(added(0, 3, 1, 1), added(1, 2, 0, 0)));
        assertLinearizable(List.of(added(0, 3, 1, 1), added(1, 2, 0, 1)));
    }

    @Test
    void anAdditionThatOverwritesAnotherIsRefused() {
        assertRefused(List.of(added(0, 2, 1, 1), added(1, 3, 1, 1)));
    }

    @Test
    void whatOneHasSeenNobodySeesUndoneLater() {
        assertLinearizable(List.of(added(0, 9, 1, 1), added(1, 2, 0, 0), added(3, 4, 0, 1)));
        assertRefused(List.of(added(0, 9, 1, 1), added(1, 2, 0, 1), added(3, 4, 0, 0)));
    }

    @Test
    void anOperationWithoutAnAnswerIsDoneAtAnyTimeOrNever() {
        Operation<Integer, Integer> lost = new Operation<>(2, Operation.NEVER, 5, Optional.empty());

        assertLinearizable(List.of(lost, added(3, 4, 0, 5)));
        assertLinearizable(List.of(lost, added(3, 4, 0, 0), added(8, 9, 0, 5)));
        assertLinearizable(List.of(lost, added(3, 4, 0, 0)));
        assertRefused(List.of(lost, added(0, 1, 0, 5)));
        assertRefused(List.of(lost, added(3, 4, 0, 5), added(8, 9, 0, 0)));
        assertRefused(List.of(lost, added(3, 4, 0, 5), added(8, 9, 0, 10)));
    }

    /** The definition itself, all orders tried, says the same of small histories made up at random. */
    @Test
    void theSearchFindsWhatTryingAllOrdersFinds() {
        long seed = 20261125;
        RandomGenerator random = new Random(seed);
        int linearizable = 0;
        for (int round = 0; round < 5_000; round++) {
            List<Operation<Integer, Integer>> history = history(random);
            boolean found = isExplained(0, history);
            assertThat(unexplained(history).isEmpty()).as("seed %d: %s", seed, history).isEqualTo(found);
            linearizable += found ? 1 : 0;
        }
        assertThat(linearizable).as("a fair share of both").isBetween(1_000, 4_000);
    }

    /** Up to five operations. Answers come of some order, but for a few that are changed. */
    private static List<Operation<Integer, Integer>> history(RandomGenerator random) {
        List<Operation<Integer, Integer>> history = new ArrayList<>();
        int operations = random.nextInt(1, 6);
        int sum = 0;
        for (int done = 0; done < operations; done++) {
            int more = random.nextInt(3);
            sum += more;
            long asked = Math.max(0, 10 * done - random.nextInt(25));
            Optional<Integer> answer = switch (random.nextInt(8)) {
                case 0 -> Optional.empty();
                case 1, 2 -> Optional.of(sum + random.nextInt(-1, 2));
                default -> Optional.of(sum);
            };
            long answered = answer.isPresent() ? 10 * done + 1 + random.nextInt(25) : Operation.NEVER;
            history.add(new Operation<>(asked, answered, more, answer));
        }
        return history;
    }

    private static boolean isExplained(int sum, List<Operation<Integer, Integer>> open) {
        if (open.stream().allMatch(operation -> operation.output().isEmpty())) {
            return true;
        }
        return open.stream().anyMatch(first -> {
            List<Operation<Integer, Integer>> others = new ArrayList<>(open);
            others.remove(first);
            return others.stream().noneMatch(other -> other.answered() < first.asked())
                    && (first.output().isEmpty() || first.output().get() == sum + first.input())
                    && isExplained(sum + first.input(), others);
        });
    }

    private static Operation<Integer, Integer> added(long asked, long answered, int more, int sum) {
        return new Operation<>(asked, answered, more, Optional.of(sum));
    }

    private static List<Operation<Integer, Integer>> unexplained(List<Operation<Integer, Integer>> history) {
        return Linearizability.unexplained(0, COUNTER, history);
    }

    private static void assertLinearizable(List<Operation<Integer, Integer>> history) {
        assertThat(unexplained(history)).isEmpty();
    }

    private static void assertRefused(List<Operation<Integer, Integer>> history) {
        assertThat(unexplained(history)).isNotEmpty();
    }
}
