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
 * Corrects an endpoint's limits when calls have ended (ADR 5).
 *
 * @param share the share of the limits in use, above 0 and at most 1
 */
record Reconciliation(List<Bucket> buckets, TokenAccounting accounting, double share) {

    /** See {@link Admission#reconcile}. */
    void reconcile(ConditionalUpdate.Builder update, List<CompletedCall> calls, EndpointState state, long now) {
        for (Bucket bucket : buckets) {
            if (bucket.retriesOnly()) {
                continue; // our own limit, which no provider knows
            }
            long trueUp = calls.stream().mapToLong(call -> trueUp(bucket, call, now)).sum();
            OptionalLong floor = calls.stream()
                    .flatMapToLong(call -> floor(bucket, call.feedback(), now).stream())
                    .max();
            if (floor.isPresent() && state.get(bucket.tat()) + trueUp < floor.getAsLong()) {
                // The item must still be on the same side of the floor, or another change would be right.
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

    /** Admits no call before {@code until}, or before an earlier word if that is later. */
    private static void hold(ConditionalUpdate.Builder update, EndpointState state, long until) {
        if (state.get(Attribute.HOLD) < until) {
            update.guard(Guard.atMost(state, Attribute.HOLD, until));
            update.put(Attribute.HOLD, until);
        }
    }

    /**
     * A debt has no upper bound, as the tokens are used. A refund is at most what time has not given back already. A
     * larger one would cancel the charge of a later call.
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

    /** The least that the tat must be by the provider's word, if that is later than now. */
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

    /** Whether this limit may be the cause of a refusal: the provider named it, or tokens in general, or no limit. */
    private static boolean isRefused(Bucket bucket, Optional<LimitKind> named) {
        return named.map(kind -> kind == bucket.kind()
                || (kind == LimitKind.TOKENS_PER_MINUTE && !bucket.kind().countsRequests()))
                .orElse(bucket.isPerMinute());
    }
}
