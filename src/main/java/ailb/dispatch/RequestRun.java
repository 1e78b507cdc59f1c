package ailb.dispatch;

import ailb.dispatch.choice.Budget;
import ailb.dispatch.choice.Choices;
import ailb.dispatch.fallback.Grounds;
import ailb.dispatch.fallback.Parts;
import ailb.dispatch.permit.Priority;
import ailb.port.Deadline;
import ailb.port.ReplyBudget;
import ailb.protocol.ModelRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request on its way: attempt after attempt until one ends it, or there is nothing left to try. */
final class RequestRun {

    private final Grounds grounds;
    private final Budget budget;
    private final StreamOutput output;
    private final Attempts attempts;
    private Parts parts;
    private Search search;

    /** @param caller of a stream; null where the answer comes whole */
    RequestRun(Grounds grounds, ModelRequest request, Deadline deadline, @Nullable StreamCaller caller) {
        this.grounds = grounds;
        this.parts = grounds.current();
        this.budget = new Budget(deadline, parts.time(), parts.pool().settings(), Priority.INTERACTIVE);
        this.output =
                caller == null ? StreamOutput.none(parts.time()) : StreamOutput.to(caller, parts.time());
        this.attempts = new Attempts(request, budget, parts.pool().settings(), output, Parts::thrift,
                ReplyBudget.unlimited().share());
        this.search = new Search(parts, new Choices(parts, request, budget, Priority.INTERACTIVE), budget, output);
    }

    DispatchResult run() throws InterruptedException {
        while (attempts.isAnotherAllowed() && budget.left() > 0 && !output.isClosed()) {
            Optional<Ticket> ticket = find();
            if (ticket.isEmpty()) {
                break;
            }
            if (attempts.awaitSlot(parts, ticket.get().permit())) {
                switch (attempts.attempt(parts, ticket.get())) {
                    case Attempts.Finished(DispatchResult result) -> {
                        return result;
                    }
                    case Attempts.WithNewKey(var endpoint) -> search.choices().renewed(endpoint);
                    case Attempts.Elsewhere(var endpoint, var failure) -> search.failedAt(endpoint, failure);
                }
            }
        }
        if (output.isClosed()) {
            return new DispatchResult.HungUp(attempts.made());
        }
        return new Ending(parts, search.choices(), search.storeIsDown(), budget, attempts).result();
    }

    /** Finds room by the parts of the moment. A permit is used, and its call reported, by the parts that gave it. */
    private Optional<Ticket> find() throws InterruptedException {
        switchParts();
        Optional<Ticket> ticket = search.find();
        return ticket.isEmpty() && search.storeIsDown() && switchParts() ? search.find() : ticket;
    }

    /** Goes on with other parts where the store has gone down, or come back, since this request last looked. */
    private boolean switchParts() {
        Parts current = grounds.current();
        if (current.equals(parts)) {
            return false;
        }
        parts = current;
        search = search.on(current);
        return true;
    }
}
