package ailb.admission;

import ailb.pool.LimitKind;
import ailb.pool.TokenAccounting;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.Guard;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Puts an endpoint's limits right when calls have ended.
 *
 * @param share of the limits that is used here, above 0 and at most 1
 */
record Reconciliation(List<Bucket> buckets, TokenAccounting accounting, double share) {

    /** See {@link Admission#reconcile}. */
    void reconcile(ConditionalUpdate.Builder update, List<CompletedCall> calls, EndpointState state, long now) {
        for (Bucket bucket : buckets) {
            if (bucket.retriesOnly()) {
                continue; // no provider knows of it
            }
            long trueUp = calls.stream().mapToLong(call -> trueUp(bucket, call, now)).sum();
            OptionalLong floor = calls.stream()
                    .flatMapToLong(call -> floor(bucket, call.feedback(), now).stream())
                    .max();
            if (floor.isPresent() && state.get(bucket.tat()) + trueUp < floor.getAsLong()) {
                // Where a debt on top would reach beyond the floor, or a refund not down to it, this is not the change.
                update.guard(Guard.atMost(state, bucket.tat(), floor.getAsLong() - trueUp));
                update.put(bucket.tat(), floor.getAsLong());
            } else if (trueUp != 0 && state.has(bucket.tat())) {
                update.add(bucket.tat(), trueUp);
            }
        }
        calls.stream()
                .flatMapToLong(call -> call.feedback().retryAfter().stream())
                .max()
                .ifPresent(wait -> hold(update, state, now + wait));
    }

    /** No call before {@code until}, or before what was said earlier if that is later. */
    private static void hold(ConditionalUpdate.Builder update, EndpointState state, long until) {
        if (state.get(Attribute.HOLD) < until) {
            update.guard(Guard.atMost(state, Attribute.HOLD, until));
            update.put(Attribute.HOLD, until);
        }
    }

    /**
     * A debt has no upper bound: the tokens are gone. A refund gives back no more than time has not given back already;
     * more would cancel the charge of a later call.
     */
    private long trueUp(Bucket bucket, CompletedCall call, long now) {
        Optional<Demand> actual = call.feedback().actual();
        if (bucket.kind().countsRequests() || actual.isEmpty()) {
            return 0;
        }
        long undrained = Math.max(0, call.admitted().get(bucket.tat()) - now);
        long refundable = accounting == TokenAccounting.MAX ? 0 : undrained;
        return Math.max(bucket.cost(actual.get()) - bucket.cost(call.demand()), -refundable);
    }

    /** Where the tat has to be at least by the provider's word, if that is any later than now. */
    private OptionalLong floor(Bucket bucket, Feedback feedback, long now) {
        if (feedback.retryAfter().isPresent() && isRefused(bucket, feedback.refusedBy())) {
            return OptionalLong.of(now + bucket.depth() + feedback.retryAfter().getAsLong());
        }
        Long remaining = feedback.remaining().get(bucket.kind());
        if (remaining == null) {
            return OptionalLong.empty();
        }
        long left = bucket.cost((long) Math.ceil(remaining * share));
        return left >= bucket.depth()
                ? OptionalLong.empty()
                : OptionalLong.of(feedback.toldAt() + bucket.depth() - left);
    }

    /** Whether a refusal may be this limit's: it names this one, tokens of any kind, or none. */
    private static boolean isRefused(Bucket bucket, Optional<LimitKind> named) {
        return named.map(kind -> kind == bucket.kind()
                || (kind == LimitKind.TOKENS_PER_MINUTE && !bucket.kind().countsRequests()))
                .orElse(bucket.isPerMinute());
    }
}
