package ailb.dispatch;

import ailb.dispatch.choice.Budget;
import ailb.dispatch.choice.Choices;
import ailb.dispatch.choice.Shortlist;
import ailb.dispatch.fallback.Parts;
import ailb.dispatch.permit.Gate;
import ailb.dispatch.permit.Permit;
import ailb.dispatch.permit.Priority;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds an endpoint for one request that somebody waits for, and has it admitted there. */
final class Search {

    /** After this many writes without an answer the request asks the store no more. */
    private static final int STORE_PATIENCE = 2;

    /** How often a request that lost its place to quicker ones looks again, and for how long at most it pauses. */
    private static final int MOST_RACES = 5;

    private static final long RACE_PAUSE = Duration.ofMillis(50).toNanos();

    private final Parts parts;
    private final Choices choices;
    private final Budget budget;
    private final StreamOutput output;
    private boolean pauseDue;
    private int pauses;
    private int storeFailures;

    /** @param output is kept alive while this waits */
    Search(Parts parts, Choices choices, Budget budget, StreamOutput output) {
        this.parts = parts;
        this.choices = choices;
        this.budget = budget;
        this.output = output;
    }

    Choices choices() {
        return choices;
    }

    boolean storeIsDown() {
        return storeFailures >= STORE_PATIENCE;
    }

    /** The same search by other parts; what has failed this request is known there too. */
    Search on(Parts others) {
        Search search = new Search(others, choices.on(others), budget, output);
        search.pauseDue = pauseDue;
        search.pauses = pauses;
        return search;
    }

    /** The endpoint has failed this request: others come first from now on, and it is left in peace for a moment. */
    void failedAt(Endpoint endpoint, FailureClass failure) {
        choices.failedAt(endpoint, failure);
        pauseDue = true;
    }

    /** Finds room and takes it, and looks again a few times where others were quicker. */
    Optional<Ticket> find() throws InterruptedException {
        parts.view().refresh();
        choices.forgetThrottling();
        for (int races = 0; races <= MOST_RACES; races++) {
            Optional<Ticket> ticket = findOnce();
            if (ticket.isPresent() || !isWorthAnotherLook()) {
                return ticket;
            }
            output.sleep((long) (parts.random().nextDouble() * RACE_PAUSE));
        }
        return Optional.empty();
    }

    /** Whether there is still room, and so soon that it was only others who were quicker. */
    private boolean isWorthAnotherLook() {
        if (storeIsDown() || choices.budgetRefuses() || choices.isAnyThrottled()) {
            return false;
        }
        Shortlist shortlist = choices.shortlist(Set.of());
        return shortlist
                .soonest()
                .filter(entry -> entry.room() <= shortlist.now() + entry.maxWait() / 2)
                .isPresent();
    }

    /** At an endpoint that has room now, or else one try at the one that has some soonest. */
    private Optional<Ticket> findOnce() throws InterruptedException {
        Set<String> refused = new HashSet<>();
        while (!storeIsDown() && !choices.budgetRefuses()) {
            Shortlist shortlist = choices.shortlist(refused);
            List<Shortlist.Entry> ready = shortlist.ready();
            Optional<Shortlist.Entry> choice =
                    ready.isEmpty() ? shortlist.soonest() : Optional.of(choices.choose(ready));
            if (choice.isEmpty()) {
                return Optional.empty();
            }
            int failuresBefore = storeFailures;
            Shortlist.Entry entry = choice.get();
            pauseBefore(entry);
            long maxWait = ready.isEmpty() ? entry.maxWait() : Math.min(Shortlist.SOON, entry.maxWait());
            Optional<Ticket> ticket = enter(entry, maxWait);
            if (storeFailures > failuresBefore) {
                continue; // the endpoint has refused nothing
            }
            boolean lastResort = ready.isEmpty() && !choices.isObstructed(entry.endpoint());
            if (ticket.isPresent() || lastResort) {
                return ticket;
            }
            refused.add(entry.endpoint().name());
        }
        return Optional.empty();
    }

    /** Before an endpoint that failed is asked again. */
    private void pauseBefore(Shortlist.Entry entry) throws InterruptedException {
        if (!entry.tried() || !pauseDue) {
            return;
        }
        pauseDue = false;
        output.sleep(Math.min(Pause.next(pauses++, parts.random()), entry.maxWait()));
    }

    private Optional<Ticket> enter(Shortlist.Entry entry, long maxWait) {
        return choices.key(entry.endpoint())
                .flatMap(key -> admit(entry, maxWait).map(permit -> new Ticket(permit, key)));
    }

    private Optional<Permit> admit(Shortlist.Entry entry, long maxWait) {
        Endpoint endpoint = entry.endpoint();
        Duration lease = budget.lease(parts.view().state(endpoint), entry.demand(), choices.maxTokens());
        Gate.Order order = new Gate.Order(
                endpoint, entry.demand(), Priority.INTERACTIVE, entry.access(), maxWait, lease);
        return switch (parts.thrift().admit(parts.gate(), order)) {
            case Gate.Granted(List<Permit> permits, _) -> Optional.of(permits.getFirst());
            case Gate.Refused() -> Optional.empty();
            case Gate.Throttled() -> {
                choices.throttled(endpoint);
                yield Optional.empty();
            }
            case Gate.Unknown() -> {
                storeFailures++;
                yield Optional.empty();
            }
        };
    }
}
