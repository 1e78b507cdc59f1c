package ailb.dispatch.permit;

import ailb.admission.Admission;
import ailb.admission.Demand;
import ailb.admission.Feedback;
import ailb.pool.FailureClass;
import ailb.pool.LimitKind;
import ailb.pool.Price;
import ailb.pool.Provider;
import ailb.port.Deadline;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.Remaining;
import ailb.protocol.wire.Usage;
import ailb.state.Attribute;
import ailb.state.WindowSlot;
import ailb.stats.Latency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * How one call ended, and what that means for its endpoint.
 *
 * @param nanos how long the call took
 * @param headAt when the head of the reply came, or the call ended without one; nanoseconds since the epoch
 * @param retryAfter how long to send the endpoint nothing after it refused the call for its limits, nanoseconds
 * @param tellsNothing whether the outcome says nothing about the endpoint's health: the key was replaced meanwhile, the
 *     request's own time ran out, or tokens were only counted
 * @param deadline of the request
 */
public record CallOutcome(
        Permit permit,
        Admission admission,
        ProviderReply reply,
        long nanos,
        long headAt,
        OptionalLong retryAfter,
        boolean tellsNothing,
        Deadline deadline) {

    /** Whether the call counts as an answer. */
    public boolean isAnswer() {
        return reply instanceof ProviderReply.Answer && !tellsNothing;
    }

    /** Whether the call counts as a fault of the endpoint. */
    boolean isFault() {
        return reply instanceof ProviderReply.Failure failure && failure.failure().isEndpointFault() && !tellsNothing;
    }

    /** The total that a failure adds to. */
    Optional<Attribute> total() {
        return reply instanceof ProviderReply.Failure failure ? total(failure.failure()) : Optional.empty();
    }

    private Optional<Attribute> total(FailureClass failure) {
        return switch (failure) {
            case CALLER_FAULT -> Optional.empty();
            case RATE_LIMITED -> Optional.of(Attribute.TOTAL_RATE_LIMITED);
            case QUOTA, CREDENTIAL, MODEL, OVERLOADED, SERVER, TRANSPORT, TIMEOUT ->
                tellsNothing ? Optional.empty() : Optional.of(Attribute.TOTAL_FAILURES);
        };
    }

    /** The tokens of an answer, or of the part of it that came; empty where they are unknown. */
    Optional<Usage> usage() {
        return switch (reply) {
            case ProviderReply.Answer answer -> Optional.ofNullable(answer.usage());
            case ProviderReply.Failure failure -> Optional.ofNullable(failure.usage());
        };
    }

    /** What the tokens cost, nano-dollars; empty where tokens or price are unknown. */
    OptionalLong cost() {
        Price price = permit.endpoint().price();
        return usage().isEmpty() || price == null ? OptionalLong.empty() : OptionalLong.of(cost(price, usage().get()));
    }

    private static long cost(Price price, Usage usage) {
        return price.nanoDollars(
                usage.inputTokens(), usage.cachedInputTokens(), usage.outputTokens(), usage.reasoningTokens());
    }

    /** What the call adds to the window. */
    Map<Function<WindowSlot, Attribute>, Long> counts() {
        return switch (reply) {
            case ProviderReply.Answer _ when tellsNothing -> Map.of();
            case ProviderReply.Answer answer -> {
                long output = answer.usage() == null
                        ? permit.demand().outputTokens()
                        : answer.usage().outputTokens();
                Map<Function<WindowSlot, Attribute>, Long> counts = new HashMap<>();
                counts.put(WindowSlot::calls, 1L);
                counts.put(WindowSlot::successes, 1L);
                counts.put(WindowSlot::outputTokens, output);
                counts.put(Latency.bucket(Latency.normalised(nanos, output)), 1L);
                yield counts;
            }
            case ProviderReply.Failure _ ->
                isFault() ? Map.of(WindowSlot::calls, 1L, WindowSlot::failures, 1L) : Map.of();
        };
    }

    Feedback feedback() {
        return switch (reply) {
            case ProviderReply.Answer answer ->
                new Feedback(
                        usage().map(this::charged),
                        remaining(answer.remaining()),
                        headAt,
                        OptionalLong.empty(),
                        Optional.empty());
            case ProviderReply.Failure failure ->
                new Feedback(
                        usage().map(this::charged).or(() -> actual(failure.failure())),
                        remaining(failure.remaining()),
                        headAt,
                        retryAfter,
                        failure.limit());
        };
    }

    /** The tokens the provider counts against its limits: Anthropic leaves out input read from its cache. */
    private Demand charged(Usage usage) {
        long free = permit.endpoint().provider() == Provider.ANTHROPIC ? usage.cachedInputTokens() : 0;
        return new Demand(usage.inputTokens() - free, usage.outputTokens());
    }

    /** Nothing, where the provider refused to work; unknown, where it may have worked and billed. */
    private static Optional<Demand> actual(FailureClass failure) {
        return switch (failure) {
            case CALLER_FAULT, RATE_LIMITED, QUOTA, OVERLOADED, CREDENTIAL, MODEL -> Optional.of(new Demand(0, 0));
            case SERVER, TRANSPORT, TIMEOUT -> Optional.empty();
        };
    }

    private static Map<LimitKind, Long> remaining(List<Remaining> told) {
        Map<LimitKind, Long> remaining = new HashMap<>();
        told.forEach(left -> remaining.merge(left.kind(), left.remaining(), Math::min));
        return remaining;
    }
}
