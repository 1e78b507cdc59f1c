package ailb.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The invariants bite: each guard of each kind of write that the instances send, and each rule, is left out in turn, and
 * some invariant breaks. The guards are those seen in the runs, none is picked by hand.
 */
class MutantTest {

    private static final int SEEDS = Integer.getInteger("ailb.sim.mutants", 16);
    private static final int REQUESTS = 400;

    @Test
    void aRuleLeftOutBreaksAnInvariant() {
        Map<String, String> table = new LinkedHashMap<>();
        Stream.of(Rule.values())
                .parallel()
                .map(rule -> Map.entry(rule.toString(), broken(LeftOut.rule(rule), seeds())))
                .forEachOrdered(entry -> table.put(entry.getKey(), entry.getValue()));

        print(table);
        assertThat(table.values()).doesNotContain(SURVIVED);
    }

    @Test
    void aGuardLeftOutBreaksAnInvariantOrIsExplained() {
        Map<GuardOfKind, List<Long>> sent = new TreeMap<>();
        seeds().stream()
                .parallel()
                .map(seed -> Map.entry(seed, Fleet.run(Course.of(seed, REQUESTS)).counts().guards))
                .toList()
                .forEach(run -> run.getValue()
                        .forEach(guard -> sent.computeIfAbsent(guard, _ -> new ArrayList<>()).add(run.getKey())));
        Map<String, String> table = new LinkedHashMap<>();
        sent.entrySet()
                .parallelStream()
                .map(guard -> Map.entry(
                        guard.getKey().toString(), broken(LeftOut.guard(guard.getKey()), guard.getValue())))
                .forEachOrdered(entry -> table.put(entry.getKey(), entry.getValue()));

        print(table);
        Set<String> survivors = table.entrySet()
                .stream()
                .filter(entry -> entry.getValue().equals(SURVIVED))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        assertThat(survivors).isSubsetOf(Survivors.EXPLAINED.keySet());
    }

    private static final String SURVIVED = "survived";

    private static List<Long> seeds() {
        return LongStream.rangeClosed(1, SEEDS).boxed().toList();
    }

    /** What breaks on the first of the seeds on which anything does. */
    private static String broken(LeftOut leftOut, List<Long> seeds) {
        for (long seed : seeds) {
            Fleet.Run run = Fleet.run(Course.of(seed, REQUESTS), leftOut);
            if (!run.offences().none()) {
                return run.offences().broken() + ", seed " + seed;
            }
        }
        return SURVIVED;
    }

    private static void print(Map<String, String> table) {
        System.out.printf("fleet, %d left out one at a time, %d survived%n", table.size(),
                table.values().stream().filter(SURVIVED::equals).count());
        table.forEach((mutant, invariants) -> System.out.printf("  %s -> %s%n", mutant, invariants));
    }
}
