package ailb.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The invariants bite: each guard of each kind of write that the instances send, and each rule, is left out in turn, and
 * some invariant breaks. The guards are those seen in the runs, none is picked by hand.
 */
@Isolated("It keeps every core busy.")
class MutantTest {

    /** Courses of all sorts. */
    private static final List<Long> SEEDS = LongStream.rangeClosed(1, 8).boxed().toList();

    /** Courses on which breakers move all the time: some races take many of them to come up. */
    private static final List<Long> FLAPPING =
            LongStream.rangeClosed(1, 2_400).filter(Course::isFlapping).boxed().toList();

    /** On so many courses a guard is left out that is known to survive. */
    private static final int FEW = 6;

    /** Whether guards that are known to survive are left out too: it finds those that no longer do. */
    private static final boolean SURVIVORS_TOO = Boolean.getBoolean("ailb.sim.survivors");

    private static final int REQUESTS = 400;

    /** For a rule that does not show in so few. */
    private static final int LONGER = 1_000;

    /** Courses on which the store is out for long, for what an instance does alone. */
    private static final List<Long> OUTAGES =
            LongStream.rangeClosed(1, 240).filter(seed -> isStoreOutForLong(Course.of(seed, LONGER))).boxed().toList();

    private static final String SURVIVED = "survived";

    @Test
    void aRuleLeftOutBreaksAnInvariant() {
        List<Long> seeds = byWhatTheySend(sent(SEEDS));
        Map<String, String> table = table(
                Stream.of(Rule.values()).toList(), rule -> broken(rule, seeds));

        assertThat(table.values()).doesNotContain(SURVIVED);
    }

    @Test
    void aGuardLeftOutBreaksAnInvariantOrIsOnTheListOfSurvivors() {
        List<Long> few = Stream.concat(SEEDS.stream(), FLAPPING.stream().limit(FEW))
                .distinct()
                .toList();
        Map<Long, Set<GuardOfKind>> sent = sent(few);
        List<Long> first = byWhatTheySend(sent);
        List<GuardOfKind> guards = sent.values()
                .stream()
                .flatMap(Set::stream)
                .distinct()
                .filter(guard -> SURVIVORS_TOO || !Survivors.known().contains(guard.toString()))
                .sorted()
                .toList();
        Map<String, String> table = table(guards, guard -> {
            Stream<Long> seeds = first.stream().filter(seed -> sent.get(seed).contains(guard));
            Stream<Long> all = Survivors.known().contains(guard.toString())
                    ? seeds.limit(FEW)
                    : Stream.concat(seeds, FLAPPING.stream().skip(FEW));
            return broken(LeftOut.guard(guard), all.toList(), REQUESTS);
        });

        Set<String> survivors = table.entrySet()
                .stream()
                .filter(entry -> entry.getValue().equals(SURVIVED))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        assertThat(survivors).isSubsetOf(Survivors.known());
    }

    /** The guards that are sent on each seed. */
    private static Map<Long, Set<GuardOfKind>> sent(List<Long> seeds) {
        return seeds.parallelStream()
                .collect(Collectors.toMap(
                        Function.identity(), seed -> Fleet.run(Course.of(seed, REQUESTS)).counts().guards));
    }

    /** Those first on which most happens. */
    private static List<Long> byWhatTheySend(Map<Long, Set<GuardOfKind>> sent) {
        return sent.keySet()
                .stream()
                .sorted(Comparator.comparingInt((Long seed) -> -sent.get(seed).size()).thenComparing(seed -> seed))
                .toList();
    }

    private static String broken(Rule rule, List<Long> seeds) {
        String soon = broken(LeftOut.rule(rule), seeds, REQUESTS);
        List<Long> all = Stream.concat(seeds.stream(), OUTAGES.stream()).toList();
        return soon.equals(SURVIVED) ? broken(LeftOut.rule(rule), all, LONGER) : soon;
    }

    private static boolean isStoreOutForLong(Course course) {
        return course.outages().stream().anyMatch(outage -> outage.until() - outage.from() > 45 * Course.SECOND);
    }

    /** What breaks on the first of the seeds on which anything does. */
    private static String broken(LeftOut leftOut, List<Long> seeds, int requests) {
        for (long seed : seeds) {
            Fleet.Run run = Fleet.run(Course.of(seed, requests), leftOut);
            if (!run.offences().none()) {
                return run.offences().broken() + ", seed " + seed;
            }
        }
        return SURVIVED;
    }

    private static <T> Map<String, String> table(List<T> mutants, Function<T, String> broken) {
        List<String> found = mutants.parallelStream().map(broken).toList();
        Map<String, String> table = new LinkedHashMap<>();
        for (int i = 0; i < mutants.size(); i++) {
            table.put(mutants.get(i).toString(), found.get(i));
        }
        System.out.printf(
                "fleet, %d left out one at a time, %d survived%n",
                table.size(), found.stream().filter(SURVIVED::equals).count());
        table.forEach((mutant, invariants) -> System.out.printf("  %s -> %s%n", mutant, invariants));
        return table;
    }
}
