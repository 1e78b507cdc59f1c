package ailb.batch;

import ailb.dispatch.BatchCall;
import ailb.dispatch.DispatchResult;
import ailb.pool.Provider;
import ailb.port.Deadline;
import ailb.port.TimeSource;
import ailb.protocol.error.ApiError;
import java.time.Duration;
import java.util.Optional;

/**
 * The work on one line. First the line is claimed, then it is read, then come the permit, the call and the result. So a
 * worker that a line kills has claimed it, and after three such claims the line is given up (ADR 25).
 */
final class LineTask {

    /** A claim lasts this long beyond the invocation's end, as the result may still be written then. */
    private static final Duration AFTER_DEADLINE = Duration.ofSeconds(7);

    private static final long FIRST_PAUSE = Duration.ofSeconds(30).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofMinutes(15).toNanos();

    /** After this many expired claims the line itself must be the cause. */
    private static final int MOST_EXPIRED_CLAIMS = 3;

    private static final int WRITES = 3;

    private final Worker worker;
    private final BatchMessage.Line line;
    private final String token;
    private final long expires;
    private int earlierFailures;
    private int expiredClaims;
    private boolean alone;
    private boolean held;
    private boolean called;

    /**
     * @param token of this task alone
     * @param expires when the batch expires, nanoseconds since the epoch
     */
    LineTask(Worker worker, BatchMessage.Line line, String token, long expires) {
        this.worker = worker;
        this.line = line;
        this.token = token;
        this.expires = expires;
    }

    /** What all tasks of an invocation are made with. */
    record Worker(BatchStore store, BatchQueue queue, TimeSource time, Deadline deadline, int maxAttempts) {}

    /** The result of a task on a line. */
    sealed interface TaskResult {}

    /** The line is claimed, and can be read. */
    record Claimed() implements TaskResult {}

    /** The line needs another permit. */
    record NeedsPermit() implements TaskResult {}

    /** Workers died while they held the line. It is claimed again when the worker has no other line. */
    record Suspect() implements TaskResult {}

    /** The worker has finished with the line. */
    record Finished(MessageDisposition disposition, Optional<Outcome> recorded) implements TaskResult {

        /** The pause after a store or a queue did not answer, nanoseconds. */
        static final long AFTER_TROUBLE = Duration.ofSeconds(10).toNanos();

        static Finished afterTrouble() {
            return returned(AFTER_TROUBLE);
        }

        static Finished deleted() {
            return new Finished(new MessageDisposition.Delete(), Optional.empty());
        }

        static Finished returned(long nanos) {
            return new Finished(new MessageDisposition.Return(nanos), Optional.empty());
        }
    }

    BatchMessage.Line line() {
        return line;
    }

    /** Whether a call has been made, or is under way. */
    boolean isCalled() {
        return called;
    }

    /** Claims the line. Nothing of it is read before. */
    TaskResult claim() {
        Optional<Finished> refused = tryClaim();
        if (refused.isPresent()) {
            return refused.get();
        }
        if (expiredClaims > 0 && !alone) {
            release(0, 0);
            return new Suspect();
        }
        return new Claimed();
    }

    /** Makes the call that has a permit now. */
    TaskResult call(BatchCall call) throws InterruptedException {
        if (!call.awaitSlot()) {
            return new NeedsPermit();
        }
        called = true;
        Optional<DispatchResult> result = call.attempt();
        return result.isPresent() ? end(result.get(), call.failures()) : new NeedsPermit();
    }

    /** Notes that the worker has no other line from now on. */
    void setAlone() {
        alone = true;
    }

    Finished refuse(ApiError error) {
        return recorded(
                ResultLine.answered(line.key(), line.customId(), error.status(), error.toJson(Provider.OPENAI)));
    }

    Finished cancel() {
        return recorded(ResultLine.cancelled(line.key(), line.customId()));
    }

    /** Whether the line is a direct message that has been cancelled. */
    private boolean isCancelled() {
        return line.direct() && worker.store()
                .find(line.key().batch(), worker.time().now())
                .map(batch -> batch.status().isCancelled())
                .orElse(false);
    }

    /**
     * Releases the line for another try after this time. Or gives it up, if it has failed often enough. Or ends it, if
     * it is a direct message that has been cancelled since.
     *
     * @param failures failed calls of this task
     */
    Finished handBack(long nanos, int failures) {
        if (!called && isCancelled()) {
            return cancel();
        }
        int all = earlierFailures + failures;
        return all >= worker.maxAttempts()
                ? giveUp("endpoints_failed", "The endpoints failed to answer, " + all + " times.")
                : release(nanos, failures);
    }

    private Finished release(long nanos, int failures) {
        if (held) {
            letGo(failures);
        }
        return Finished.returned(nanos);
    }

    private void letGo(int failures) {
        held = false;
        try {
            worker.store().release(line.key(), token, failures);
        } catch (BatchStoreException e) {
            // The claim expires by itself.
        }
    }

    /** Claims the line; otherwise returns how the task ends. */
    private Optional<Finished> tryClaim() {
        if (held) {
            return Optional.empty();
        }
        long now = worker.time().now();
        long left = Math.max(0, worker.deadline().remaining(worker.time()));
        try {
            boolean cancelled = line.direct()
                    && worker.store().ensureDirect(line.key().batch(), now, expires).status().isCancelled();
            long until = now + left + AFTER_DEADLINE.toNanos();
            return switch (worker.store().claim(line.key(), token, now, until, expires)) {
                case Claim.Done() -> Optional.of(Finished.deleted());
                case Claim.HeldByOther(long others) -> Optional.of(Finished.returned(others - now));
                case Claim.Held(int attempts, int deaths) -> {
                    held = true;
                    earlierFailures = attempts;
                    expiredClaims = deaths;
                    yield cancelled ? Optional.of(cancel()) : lost();
                }
            };
        } catch (BatchStoreException e) {
            letGo(0); // if the claim was made after all, its expiry would look like a death
            return Optional.of(Finished.afterTrouble());
        }
    }

    /** Gives the line up if it has killed its workers too often. */
    private Optional<Finished> lost() {
        return expiredClaims < MOST_EXPIRED_CLAIMS
                ? Optional.empty()
                : Optional.of(giveUp("worker_lost",
                        "Those who worked on it died or failed, " + expiredClaims
                                + " times; the balancer's log says of what. Change the"
                                + " request before you submit it again."));
    }

    /**
     * Records how the line ends.
     *
     * @param failures calls for it that failed in this run
     */
    Finished end(DispatchResult result, int failures) {
        return switch (result) {
            case DispatchResult.Answered(_, _, byte[] body) ->
                recorded(ResultLine.answered(line.key(), line.customId(), 200, body));
            case DispatchResult.Streamed _,DispatchResult.HungUp _ ->
                throw new IllegalStateException("a stream in a batch");
            case DispatchResult.PassedOn(_, _, int status, byte[] body) ->
                recorded(ResultLine.answered(line.key(), line.customId(), status, body));
            case DispatchResult.Declined(_, ApiError error, Optional<Duration> retryAfter) ->
                declined(error, retryAfter, failures);
        };
    }

    private Finished declined(ApiError error, Optional<Duration> retryAfter, int failures) {
        if (error.status() < 500 && error.status() != 429) {
            return recorded(
                    ResultLine.answered(line.key(), line.customId(), error.status(), error.toJson(Provider.OPENAI)));
        }
        int all = earlierFailures + failures;
        if (all >= worker.maxAttempts()) {
            return giveUp("endpoints_failed", error.message());
        }
        long pause = failures == 0 ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(all, 8));
        return release(retryAfter.map(Duration::toNanos).orElse(pause), failures);
    }

    /** Gives the line up. It goes to the dead letters first, for a person to look at, whatever happens then. */
    private Finished giveUp(String code, String reason) {
        try {
            worker.queue().deadLetter(line.message(), code + ": " + reason);
        } catch (BatchQueueException e) {
            return release(Finished.AFTER_TROUBLE, 0);
        }
        return recorded(ResultLine.failed(line.key(), line.customId(), code, reason));
    }

    /** Writes the result. If the claim was lost, another outcome counts; the message comes again and finds it. */
    private Finished recorded(LineResult result) {
        for (int write = 1;; write++) {
            try {
                boolean ours = worker.store().finish(line.key(), token, result, expires);
                held = false;
                return ours
                        ? new Finished(new MessageDisposition.Delete(), Optional.of(result.outcome()))
                        : Finished.afterTrouble();
            } catch (BatchStoreException e) {
                if (write == WRITES) {
                    return release(Finished.AFTER_TROUBLE, 0);
                }
            }
        }
    }
}
