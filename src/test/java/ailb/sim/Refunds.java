package ailb.sim;

import ailb.pool.Endpoint;
import ailb.pool.TokenAccounting;
import ailb.state.Attribute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is given back of the tokens that admissions took, where use counts. */
final class Refunds {

    private final Offences offences;
    private final Map<String, List<LimitRule>> rules = new HashMap<>();
    private final Map<String, Map<LimitRule, List<Taken>>> given = new HashMap<>();

    Refunds(List<Endpoint> endpoints, Offences offences) {
        this.offences = offences;
        for (Endpoint endpoint : endpoints) {
            boolean useCounts = endpoint.limits().tokenAccounting() != TokenAccounting.MAX;
            rules.put(
                    endpoint.name(),
                    LimitRule.of(endpoint.limits())
                            .stream()
                            .filter(rule -> useCounts && !rule.kind().countsRequests())
                            .toList());
            given.put(endpoint.name(), new HashMap<>());
        }
    }

    /** Everything that was given back of a limit, as less than nothing taken. */
    List<Taken> of(Endpoint endpoint, LimitRule rule) {
        return given.get(endpoint.name()).getOrDefault(rule, List.of());
    }

    /**
     * Notes what an admission with answers gives back in passing.
     *
     * @param nanos by which it has taken less than its cost
     * @return whether it may have given back any
     */
    boolean inPassing(SharedItems.Write write, UpdateKind kind, LimitRule rule, double nanos) {
        boolean isPossible =
                kind == UpdateKind.ADMISSION_WITH_ANSWERS && rules.get(write.endpoint()).contains(rule);
        if (nanos > 0 && isPossible) {
            note(write, rule, nanos);
        }
        return isPossible;
    }

    /** However others wrote meanwhile, the report of a call gives back of each limit what the call did not use, or less. */
    void reported(SharedItems.Write write) {
        for (LimitRule rule : rules.get(write.endpoint())) {
            long nanos = write.before().get(rule.tat()) - write.after().get(rule.tat());
            if (nanos > 0) {
                note(write, rule, nanos);
                if (UpdateKind.assigned(write.update(), Attribute.TOTAL_REQUESTS).orElse(0) == 1) {
                    check(write, rule, nanos);
                }
            }
        }
    }

    private void note(SharedItems.Write write, LimitRule rule, double nanos) {
        given.get(write.endpoint())
                .computeIfAbsent(rule, _ -> new ArrayList<>())
                .add(new Taken(write.at(), -nanos / rule.interval()));
    }

    private void check(SharedItems.Write write, LimitRule rule, long nanos) {
        long input = UpdateKind.assigned(write.update(), Attribute.TOTAL_INPUT_TOKENS).orElse(0);
        long output = UpdateKind.assigned(write.update(), Attribute.TOTAL_OUTPUT_TOKENS).orElse(0);
        List<Permit> calls = write.writer()
                .instance()
                .recent(write.endpoint())
                .filter(permit -> permit.mayHaveUsed(input, output))
                .toList();
        offences.check(
                calls.stream()
                        .anyMatch(call -> !call.isOfOneCall()
                                || nanos <= 1000 + rule.interval()
                                        * rule.units(call.input - input, call.output - output)),
                Invariant.ONLY_THE_UNUSED_IS_GIVEN_BACK,
                () -> Duration.ofNanos(nanos) + " of " + write.endpoint() + "." + rule.tat() + " after "
                        + input + " and " + output + " tokens; such calls of " + write.writer().instance() + ": "
                        + calls);
    }
}
