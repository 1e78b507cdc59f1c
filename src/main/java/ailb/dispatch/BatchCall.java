package ailb.dispatch;

import ailb.dispatch.choice.EligibleEndpoints;
import ailb.dispatch.choice.TimeBudget;
import ailb.dispatch.fallback.DispatchContext;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.port.ReplyBudget;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request of a batch. It waits for a permit (see {@link BatchCalls#lease}), then for its slot, then the call is
 * made. If that is not its end it waits for another permit. Never used by two threads at once.
 */
public final class BatchCall {

    private final DispatchContext context;
    private final EligibleEndpoints eligible;
    private final TimeBudget budget;
    private final Attempts attempts;
    private final ReplyBudget.Share replies;
    private int pauses;
    private int failures;
    private long notBefore;
    @Nullable private KeyedPermit keyed;

    BatchCall(
            DispatchContext context, EligibleEndpoints eligible, TimeBudget budget, Attempts attempts,
            ReplyBudget.Share replies) {
        this.context = context;
        this.eligible = eligible;
        this.budget = budget;
        this.attempts = attempts;
        this.replies = replies;
    }

    EligibleEndpoints eligible() {
        return eligible;
    }

    /** Until then no endpoint that has failed the request is asked again; nanoseconds since the epoch. */
    long notBefore() {
        return notBefore;
    }

    void lease(KeyedPermit leased) {
        keyed = leased;
    }

    /** Failed calls, whose cause may be the request itself. Refusals for a limit do not count. */
    public int failures() {
        return failures;
    }

    /**
     * Waits for the slot of its permit. False when the permit has been dropped: the request needs another one.
     *
     * @throws InterruptedException when the calling thread is interrupted
     */
    public boolean awaitSlot() throws InterruptedException {
        return attempts.awaitSlot(context, leased().permit());
    }

    /** Leaves the permit unused. */
    public void giveUp() {
        context.recorder().abandon(leased().permit());
    }

    /**
     * Makes one call.
     *
     * @return how the request ended; empty when it waits for another permit
     * @throws InterruptedException when the calling thread is interrupted
     */
    public Optional<DispatchResult> attempt() throws InterruptedException {
        Endpoint endpoint = leased().endpoint();
        return switch (attempts.attempt(context, leased())) {
            case RetryDecision.Finish(DispatchResult result) -> Optional.of(result);
            case RetryDecision.WithNewKey() -> {
                eligible.renewed(endpoint);
                yield Optional.empty();
            }
            case RetryDecision.Elsewhere(var reply) -> {
                FailureClass failure = reply.failure();
                eligible.failedAt(endpoint, failure);
                notBefore = context.time().now() + RetryBackoff.next(pauses++, context.random());
                if (failure != FailureClass.RATE_LIMITED) {
                    failures++;
                }
                yield attempts.isAnotherAllowed() ? Optional.empty() : Optional.of(ending());
            }
        };
    }

    /**
     * Gives the bytes of its reply back to the shared budget. To be called after each attempt, when nobody reads them
     * any more.
     */
    public void releaseReply() {
        replies.giveBack();
    }

    /** The result of the request as things stand. */
    DispatchResult ending() {
        return new FailureResponse(context, eligible, false, budget, attempts).result();
    }

    private KeyedPermit leased() {
        return Objects.requireNonNull(keyed, "no permit");
    }
}
