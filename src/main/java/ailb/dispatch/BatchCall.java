package ailb.dispatch;

import ailb.dispatch.choice.Budget;
import ailb.dispatch.choice.Choices;
import ailb.dispatch.fallback.Parts;
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

    private final Parts parts;
    private final Choices choices;
    private final Budget budget;
    private final Attempts attempts;
    private final ReplyBudget.Share replies;
    private int pauses;
    private int failures;
    private long notBefore;
    @Nullable private Ticket ticket;

    BatchCall(
            Parts parts, Choices choices, Budget budget, Attempts attempts, ReplyBudget.Share replies) {
        this.parts = parts;
        this.choices = choices;
        this.budget = budget;
        this.attempts = attempts;
        this.replies = replies;
    }

    Choices choices() {
        return choices;
    }

    /** Before this moment no endpoint that has failed it is asked again; nanoseconds since the epoch. */
    long notBefore() {
        return notBefore;
    }

    void lease(Ticket leased) {
        ticket = leased;
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
        return attempts.awaitSlot(parts, leased().permit());
    }

    /** Leaves the permit unused. */
    public void giveUp() {
        parts.settler().abandon(leased().permit());
    }

    /**
     * Makes one call.
     *
     * @return how the request ended; empty when it waits for another permit
     * @throws InterruptedException when the calling thread is interrupted
     */
    public Optional<DispatchResult> attempt() throws InterruptedException {
        return switch (attempts.attempt(parts, leased())) {
            case Attempts.Finished(DispatchResult result) -> Optional.of(result);
            case Attempts.WithNewKey(var endpoint) -> {
                choices.renewed(endpoint);
                yield Optional.empty();
            }
            case Attempts.Elsewhere(var endpoint, var failure) -> {
                choices.failedAt(endpoint, failure);
                notBefore = parts.time().now() + Pause.next(pauses++, parts.random());
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
        return new Ending(parts, choices, false, budget, attempts).result();
    }

    private Ticket leased() {
        return Objects.requireNonNull(ticket, "no permit");
    }
}
