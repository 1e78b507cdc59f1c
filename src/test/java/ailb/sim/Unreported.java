package ailb.sim;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The calls of an instance that it has not told of, by endpoint and the generation they were admitted under. */
final class Unreported {

    /** Answers to an endpoint's calls that wait for another write. */
    private static final int MOST_WAITING = 21;

    private final Map<String, NavigableMap<Long, Long>> calls = new HashMap<>();

    /** Calls just after the store has come back, by endpoint: taken alone, or by a permit of the shared state. */
    private final Map<String, Long> unsure = new HashMap<>();

    private NavigableMap<Long, Long> of(String endpoint) {
        return calls.computeIfAbsent(endpoint, _ -> new TreeMap<>());
    }

    void made(Permit permit) {
        of(permit.endpoint.name()).merge(permit.generation, 1L, Long::sum);
    }

    void madeUnsure(String endpoint) {
        unsure.merge(endpoint, 1L, Long::sum);
    }

    /**
     * Notes a report.
     *
     * @param generation under which all of the calls were admitted
     * @return whether there were as many
     */
    boolean told(String endpoint, long generation, long ended) {
        long known = Math.max(0, of(endpoint).getOrDefault(generation, 0L));
        long others = Math.clamp(ended - known, 0, unsure.getOrDefault(endpoint, 0L));
        unsure.merge(endpoint, -others, Long::sum);
        return of(endpoint).merge(generation, others - ended, Long::sum) >= 0;
    }

    /** Notes a report of calls of any generation before this one. */
    void toldLate(String endpoint, long generation, long ended) {
        long left = ended;
        for (Map.Entry<Long, Long> one : of(endpoint).headMap(generation).entrySet()) {
            long told = Math.clamp(one.getValue(), 0, left);
            one.setValue(one.getValue() - told);
            left -= told;
        }
        of(endpoint).merge(generation, -left, Long::sum);
    }

    /** How many may yet wait for another write. */
    long waiting() {
        return calls.values()
                .stream()
                .mapToLong(each -> Math.min(MOST_WAITING, each.values().stream().mapToLong(Long::longValue).sum()))
                .sum();
    }
}
