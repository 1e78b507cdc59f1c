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
 * One request of a batch on its way. It waits to be leased a permit (see {@link BatchCalls#lease}); then it is brought to
 * its slot and made, and waits again if that was not its end. Never used by two threads at once.
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

    /** Before this moment no endpoint that has failed it is asked again; nanoseconds since the epoch. */
    long notBefore() {
        return notBefore;
    }

    void lease(KeyedPermit leased) {
        keyed = leased;
    }

    /** Calls made for it that failed, and by a fault that may be its own: limits and bad keys have nothing to do with it. */
    public int failures() {
        return failures;
    }

    /**
     * Waits for the slot of the permit it was leased. False when the permit has become worthless: it waits for another
     * one again.
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
                if (failure != FailureClass.RATE_LIMITED && !failure.needsAPerson()) {
                    failures++;
                }
                yield attempts.isAnotherAllowed() ? Optional.empty() : Optional.of(ending());
            }
        };
    }

    /** Leaves the bytes of its reply to other calls: to be called after each attempt, when nobody holds them any more. */
    public void releaseReply() {
        replies.giveBack();
    }

    /** What is to be said of the request as things stand. */
    DispatchResult ending() {
        return new FailureResponse(context, eligible, false, budget, attempts).result();
    }

    private KeyedPermit leased() {
        return Objects.requireNonNull(keyed, "no permit");
    }
}
