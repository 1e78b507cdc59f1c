package ailb.dispatch;

import ailb.dispatch.choice.EligibleEndpoints;
import ailb.dispatch.choice.EndpointOption;
import ailb.dispatch.choice.Shortlist;
import ailb.dispatch.choice.TimeBudget;
import ailb.dispatch.fallback.DispatchContext;
import ailb.dispatch.permit.AdmissionRequest;
import ailb.dispatch.permit.AdmissionResult;
import ailb.dispatch.permit.Permit;
import ailb.dispatch.permit.Priority;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds an endpoint for one interactive request, and a permit there. */
final class PermitSearch {

    /** After this many unanswered writes a request stops asking the store. */
    static final int MOST_STORE_FAILURES = 2;

    /** How often a request looks again after quicker ones took its place. It pauses {@link #RACE_PAUSE} at most. */
    private static final int MOST_RACES = 5;

    private static final long RACE_PAUSE = Duration.ofMillis(50).toNanos();

    private final DispatchContext context;
    private final EligibleEndpoints eligible;
    private final TimeBudget budget;
    private final StreamOutput output;
    private boolean pauseDue;
    private int pauses;
    private int storeFailures;

    /** @param output gets heartbeats while this waits */
    PermitSearch(DispatchContext context, EligibleEndpoints eligible, TimeBudget budget, StreamOutput output) {
        this.context = context;
        this.eligible = eligible;
        this.budget = budget;
        this.output = output;
    }

    EligibleEndpoints eligible() {
        return eligible;
    }

    boolean storeIsDown() {
        return storeFailures >= MOST_STORE_FAILURES;
    }

    /** The same search in another context. It knows too what has failed this request. */
    PermitSearch on(DispatchContext others) {
        PermitSearch search = new PermitSearch(others, eligible.on(others), budget, output);
        search.pauseDue = pauseDue;
        search.pauses = pauses;
        return search;
    }

    /**
     * Notes that the endpoint has failed this request. From now on others come first, and it is asked again only after
     * a pause.
     */
    void failedAt(Endpoint endpoint, FailureClass failure) {
        eligible.failedAt(endpoint, failure);
        pauseDue = true;
    }

    /** Finds room and takes it. Looks again a few times if other requests were quicker. */
    Optional<KeyedPermit> find() throws InterruptedException {
        context.view().refresh();
        eligible.forgetThrottling();
        for (int races = 0; races <= MOST_RACES; races++) {
            Optional<KeyedPermit> keyed = findOnce();
            if (keyed.isPresent() || !isWorthAnotherLook()) {
                return keyed;
            }
            output.sleep((long) (context.random().nextDouble() * RACE_PAUSE));
        }
        return Optional.empty();
    }

    /** Whether there is still room soon: then only quicker requests were in the way. */
    private boolean isWorthAnotherLook() {
        if (storeIsDown() || eligible.budgetRefuses() || eligible.isAnyThrottled()) {
            return false;
        }
        Shortlist shortlist = eligible.shortlist(Set.of());
        return shortlist
                .soonest()
                .filter(option -> option.room() <= shortlist.now() + option.maxWait() / 2)
                .isPresent();
    }

    /** Tries the endpoints with room now, or else once the one that has room first. */
    private Optional<KeyedPermit> findOnce() throws InterruptedException {
        Set<String> refused = new HashSet<>();
        while (!storeIsDown() && !eligible.budgetRefuses()) {
            Shortlist shortlist = eligible.shortlist(refused);
            List<EndpointOption> ready = shortlist.ready();
            Optional<EndpointOption> choice =
                    ready.isEmpty() ? shortlist.soonest() : Optional.of(eligible.choose(ready));
            if (choice.isEmpty()) {
                return Optional.empty();
            }
            int failuresBefore = storeFailures;
            EndpointOption option = choice.get();
            pauseBefore(option);
            long maxWait = ready.isEmpty() ? option.maxWait() : Math.min(Shortlist.SOON, option.maxWait());
            Optional<KeyedPermit> keyed = enter(option, maxWait);
            if (storeFailures > failuresBefore) {
                continue; // the endpoint has refused nothing
            }
            boolean lastResort = ready.isEmpty() && !eligible.isIneligible(option.endpoint());
            if (keyed.isPresent() || lastResort) {
                return keyed;
            }
            refused.add(option.endpoint().name());
        }
        return Optional.empty();
    }

    /** Pauses before an endpoint that has failed is asked again. */
    private void pauseBefore(EndpointOption option) throws InterruptedException {
        if (!option.tried() || !pauseDue) {
            return;
        }
        pauseDue = false;
        output.sleep(Math.min(RetryBackoff.next(pauses++, context.random()), option.maxWait()));
    }

    private Optional<KeyedPermit> enter(EndpointOption option, long maxWait) {
        return eligible.key(option.endpoint())
                .flatMap(key -> admit(option, maxWait).map(permit -> new KeyedPermit(permit, key)));
    }

    private Optional<Permit> admit(EndpointOption option, long maxWait) {
        Endpoint endpoint = option.endpoint();
        Duration probeTime = budget.probeTime(context.view().state(endpoint), option.demand(), eligible.maxTokens());
        AdmissionRequest admission = new AdmissionRequest(
                endpoint, option.demand(), Priority.INTERACTIVE, option.access(), maxWait, probeTime);
        return switch (context.coalescer().admit(context.issuer(), admission)) {
            case AdmissionResult.Granted(List<Permit> permits, _) -> Optional.of(permits.getFirst());
            case AdmissionResult.Refused() -> Optional.empty();
            case AdmissionResult.Throttled() -> {
                eligible.throttled(endpoint);
                yield Optional.empty();
            }
            case AdmissionResult.Unknown() -> {
                storeFailures++;
                yield Optional.empty();
            }
        };
    }
}
