package ailb.dispatch;

import ailb.dispatch.choice.EligibleEndpoints;
import ailb.dispatch.choice.TimeBudget;
import ailb.dispatch.fallback.DispatchContext;
import ailb.dispatch.fallback.StateFallback;
import ailb.dispatch.permit.Priority;
import ailb.port.Deadline;
import ailb.port.ReplyBudget;
import ailb.protocol.ModelRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Serves one interactive request: makes attempts until one ends it, or nothing is left to try. */
final class RequestRun {

    private final StateFallback fallback;
    private final TimeBudget budget;
    private final StreamOutput output;
    private final Attempts attempts;
    private DispatchContext context;
    private PermitSearch search;

    /** @param caller of a stream; null where the answer comes whole */
    RequestRun(StateFallback fallback, ModelRequest request, Deadline deadline, @Nullable StreamCaller caller) {
        this.fallback = fallback;
        this.context = fallback.current();
        this.budget = new TimeBudget(deadline, context.time(), context.pool().settings(), Priority.INTERACTIVE);
        this.output =
                caller == null ? StreamOutput.none(context.time()) : StreamOutput.to(caller, context.time());
        this.attempts = new Attempts(request, budget, context.pool().settings(), output, DispatchContext::coalescer,
                ReplyBudget.unlimited().share());
        this.search = new PermitSearch(context, new EligibleEndpoints(context, request, budget, Priority.INTERACTIVE),
                budget, output);
    }

    DispatchResult run() throws InterruptedException {
        while (attempts.isAnotherAllowed() && budget.left() > 0 && !output.isClosed()) {
            Optional<KeyedPermit> keyed = find();
            if (keyed.isEmpty()) {
                break;
            }
            if (attempts.awaitSlot(context, keyed.get().permit())) {
                switch (attempts.attempt(context, keyed.get())) {
                    case RetryDecision.Finish(DispatchResult result) -> {
                        return result;
                    }
                    case RetryDecision.WithNewKey() -> search.eligible().renewed(keyed.get().endpoint());
                    case RetryDecision.Elsewhere(var reply) ->
                        search.failedAt(keyed.get().endpoint(), reply.failure());
                }
            }
        }
        if (output.isClosed()) {
            return new DispatchResult.HungUp(attempts.made());
        }
        return new FailureResponse(context, search.eligible(), search.storeIsDown(), budget, attempts).result();
    }

    /** Finds a permit in the current context. The permit is used, and its call recorded, in the same context. */
    private Optional<KeyedPermit> find() throws InterruptedException {
        switchContext();
        Optional<KeyedPermit> keyed = search.find();
        return keyed.isEmpty() && search.storeIsDown() && switchContext() ? search.find() : keyed;
    }

    /** Changes the context if the store has gone down, or come back, since the last look. True if it did. */
    private boolean switchContext() {
        DispatchContext current = fallback.current();
        if (current.equals(context)) {
            return false;
        }
        context = current;
        search = search.on(current);
        return true;
    }
}
