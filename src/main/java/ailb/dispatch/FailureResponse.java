package ailb.dispatch;

import ailb.admission.Availability;
import ailb.dispatch.choice.EligibleEndpoints;
import ailb.dispatch.choice.Ineligibility;
import ailb.dispatch.choice.Shortlist;
import ailb.dispatch.choice.TimeBudget;
import ailb.dispatch.fallback.DispatchContext;
import ailb.dispatch.permit.Priority;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.protocol.error.ApiError;
import ailb.protocol.wire.ProviderReply;
import ailb.state.EndpointState;
import ailb.stats.Spend;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The answer to a request that no endpoint answered: the most useful single reason, and when to come back. */
final class FailureResponse {

    /** If there is room now, other calls were quicker. Even then no caller is told to come back at once. */
    private static final long SHORTEST_WAIT = Duration.ofMillis(50).toNanos();

    private final DispatchContext context;
    private final EligibleEndpoints eligible;
    private final boolean storeIsDown;
    private final TimeBudget budget;
    private final Attempts attempts;
    private final @Nullable LastAttempt last;

    FailureResponse(
            DispatchContext context,
            EligibleEndpoints eligible,
            boolean storeIsDown,
            TimeBudget budget,
            Attempts attempts) {
        this.context = context;
        this.eligible = eligible;
        this.storeIsDown = storeIsDown;
        this.budget = budget;
        this.attempts = attempts;
        this.last = attempts.last().orElse(null);
    }

    DispatchResult result() {
        if (last != null && last.failure().failure() == FailureClass.CALLER_FAULT) {
            ProviderReply.Failure failure = last.failure();
            return new DispatchResult.PassedOn(last.endpoint(), attempts.made(), failure.status(), failure.passOn());
        }
        List<Endpoint> usable = eligible.usable();
        if (eligible.serving().isEmpty()) {
            return declined(ApiError.modelNotFound(eligible.model()));
        }
        if (usable.isEmpty()) {
            return declined(ineligibility());
        }
        if (eligible.budgetRefuses()) {
            return declined(
                    ApiError.budgetExhausted("The pool's budget for the day is used up; calls are taken again from"
                            + " 00:00 UTC on. The admin's GET /v1/pool tells more."),
                    OptionalLong.of(Spend.startsAnew(context.time().now())));
        }
        if (storeIsDown) {
            return declined(ApiError.unavailable(
                    "The balancer's state store answered others, but not this request; retry in a moment.",
                    "state_store_unavailable"));
        }
        List<Endpoint> closed = usable.stream()
                .filter(endpoint -> Breaker.isClosed(context.view().state(endpoint)))
                .toList();
        return closed.isEmpty() ? allOut(usable) : noneFree(closed, usable);
    }

    private DispatchResult allOut(List<Endpoint> usable) {
        String reasons = usable.stream()
                .flatMap(endpoint -> Breaker.opening(context.view().state(endpoint)).stream())
                .map(opening -> opening.reason().words())
                .distinct()
                .collect(Collectors.joining("; "));
        return declined(
                ApiError.noHealthyEndpoint(
                        "No endpoint for this model is healthy: " + reasons + ". GET /v1/pool tells more."),
                soonest(usable, eligible.priority() == Priority.INTERACTIVE));
    }

    /** The first moment at which one of them has room and may be called; empty if none will have room. */
    private OptionalLong soonest(List<Endpoint> endpoints, boolean early) {
        long now = context.time().now();
        return endpoints.stream()
                .flatMapToLong(endpoint -> room(endpoint)
                        .stream()
                        .map(room -> Math.max(room, Breaker.back(context.view().state(endpoint), now, early))))
                .min();
    }

    private DispatchResult noneFree(List<Endpoint> closed, List<Endpoint> usable) {
        if (closed.stream().allMatch(this::isTooLate)) {
            return declined(
                    ApiError.timeout("No answer in time: what is left is too short for a call. Ask for less, or submit"
                            + " a batch."));
        }
        OptionalLong room = soonest(closed, false);
        boolean roomNow = room.isPresent() && room.getAsLong() <= context.time().now() + Shortlist.SOON;
        if (last != null && (roomNow || isUsedUp(last.failure().failure()))) {
            return declined(ApiError.badGateway("The endpoints failed to answer (attempts: " + attempts.made()
                    + "); at the last one " + last.failure().failure().words()
                    + ". Retry, or see GET /v1/pool for what is wrong."));
        }
        return declined(
                ApiError.rateLimited("Every endpoint for this model is at its limit; retry after the time given."),
                soonest(usable, false));
    }

    /** Whether the attempts were used up. After a refusal for a limit the reason is the limit, not the attempts. */
    private boolean isUsedUp(FailureClass failure) {
        return attempts.made() >= context.pool().settings().retries().maxAttempts()
                && failure != FailureClass.RATE_LIMITED;
    }

    private boolean isTooLate(Endpoint endpoint) {
        EndpointState state = context.view().state(endpoint);
        return budget.spare(state, eligible.demand(endpoint)) < 0;
    }

    private OptionalLong room(Endpoint endpoint) {
        return context.issuer()
                .room(endpoint, eligible.usualDemand(endpoint),
                        Priority.INTERACTIVE) instanceof Availability.From(long moment)
                                ? OptionalLong.of(moment)
                                : OptionalLong.empty();
    }

    /** Why no endpoint can take the request: the reason of the one that comes closest. */
    private ApiError ineligibility() {
        Ineligibility ineligibility = eligible.ineligible()
                .values()
                .stream()
                .min(Comparator.comparingInt(FailureResponse::hopelessness)
                        .thenComparingDouble(FailureResponse::excess))
                .orElseThrow();
        return switch (ineligibility) {
            case Ineligibility.KeyMissing(String endpoint) ->
                // The key's name, and the command that puts it, are for the owner. They are in the log.
                ApiError.unavailable(
                        "The endpoint '" + endpoint
                                + "' has no API key. Its owner finds in the balancer's log which one"
                                + " it is and how to put it.",
                        "provider_key_missing");
            case Ineligibility.KeysUnavailable() ->
                ApiError.unavailable(
                        "The providers' keys cannot be read; retry in a moment.", "provider_keys_unavailable");
            case Ineligibility.TooLarge tooLarge -> tooLarge(tooLarge);
            case Ineligibility.UnsupportedOperation(String path) ->
                ApiError.unsupported(
                        "model",
                        "No endpoint for this model serves " + path
                                + "; the endpoints' operations are set in pool.json.");
            case Ineligibility.RefusedField(String field) ->
                ApiError.unsupported(field,
                        "No endpoint for this model takes '" + field
                                + "': the pool's owner has ruled it out (refuse_fields in pool.json). Leave it out.");
            case Ineligibility.UnsupportedField(String field) ->
                ApiError.unsupported(field,
                        "No endpoint for this model has an equivalent of '" + field + "' as it is given.");
        };
    }

    private ApiError tooLarge(Ineligibility.TooLarge request) {
        String counted =
                switch (request.limit()) {
                    case INPUT_TOKENS_PER_MINUTE -> "its prompt, as estimated";
                    case OUTPUT_TOKENS_PER_MINUTE -> "its answer, by max_tokens or as estimated";
                    case TOKENS_PER_MINUTE -> "its prompt, as estimated, and its answer, by max_tokens or as estimated";
                    case REQUESTS_PER_MINUTE, REQUESTS_PER_DAY -> "one request";
                };
        return ApiError.invalidRequest(
                "This request needs " + request.needed() + " of " + request.limit().name().toLowerCase(Locale.ROOT)
                        + " (" + counted + "), and an endpoint for this model allows " + request.allowed()
                        + " at most.",
                isMaxTokensAtFault(request) ? "max_tokens" : null);
    }

    /** Whether the request would fit with a lower bound on the answer. */
    private boolean isMaxTokensAtFault(Ineligibility.TooLarge request) {
        OptionalLong bound = eligible.maxTokens();
        return switch (request.limit()) {
            case TOKENS_PER_MINUTE, OUTPUT_TOKENS_PER_MINUTE ->
                bound.isPresent() && request.needed() - bound.getAsLong() < request.allowed();
            case INPUT_TOKENS_PER_MINUTE, REQUESTS_PER_MINUTE, REQUESTS_PER_DAY -> false;
        };
    }

    /** How many times its limit a request needs. The caller is told of the smallest excess. */
    private static double excess(Ineligibility ineligibility) {
        return ineligibility instanceof Ineligibility.TooLarge(_, long needed, long allowed) ? (double) needed / allowed
                : 0;
    }

    private static int hopelessness(Ineligibility ineligibility) {
        return switch (ineligibility) {
            case Ineligibility.KeysUnavailable _ -> 0;
            case Ineligibility.KeyMissing _ -> 1;
            case Ineligibility.TooLarge _ -> 2;
            case Ineligibility.RefusedField _ -> 3;
            case Ineligibility.UnsupportedField _ -> 4;
            case Ineligibility.UnsupportedOperation _ -> 5;
        };
    }

    private DispatchResult declined(ApiError error) {
        return new DispatchResult.Declined(attempts.made(), error, Optional.empty());
    }

    private DispatchResult declined(ApiError error, OptionalLong moment) {
        Optional<Duration> wait = moment.isPresent()
                ? Optional.of(Duration.ofNanos(Math.max(SHORTEST_WAIT, moment.getAsLong() - context.time().now())))
                : Optional.empty();
        return new DispatchResult.Declined(attempts.made(), error, wait);
    }
}
