package ailb.dispatch;

import ailb.admission.Admission;
import ailb.admission.Demand;
import ailb.admission.Feedback;
import ailb.health.Breaker;
import ailb.pool.FailureClass;
import ailb.pool.LimitKind;
import ailb.pool.Price;
import ailb.pool.Provider;
import ailb.protocol.ProviderReply;
import ailb.protocol.Remaining;
import ailb.protocol.Usage;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import ailb.stats.KnownP95;
import ailb.stats.Latency;
import ailb.stats.Spend;
import ailb.stats.Window;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How one call ended, as the write that reports it.
 *
 * @param nanos how long the call took
 * @param retryAfter how long the endpoint is to be left alone when it refused for its limits, nanoseconds
 * @param tellsNothing whether the failure says nothing of the endpoint: a key that has been replaced meanwhile, or a call
 *     cut short by its own request's end
 */
record Settlement(
        Permit permit,
        Admission admission,
        ProviderReply reply,
        long nanos,
        OptionalLong retryAfter,
        boolean tellsNothing) {

    /**
     * The report under the generation the call was admitted in.
     *
     * @param simply whether a fault counts only where that takes no guard: reports of others have come first each time
     */
    ConditionalUpdate update(Breaker breaker, EndpointState state, long now, boolean simply) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder().guard(Breaker.unmoved(permit.admitted()));
        lasting(update, state, now);
        Map<Function<WindowSlot, Attribute>, Long> counts = counts();
        if (!counts.isEmpty()) {
            Window.of(state, now).count(update, counts);
        }
        switch (reply) {
            case ProviderReply.Answer _ -> {
                KnownP95.keep(update, update.build().applyTo(state), now);
                Breaker.succeeded(update);
            }
            case ProviderReply.Failure failure -> {
                if (failure.failure().isEndpointFault() && !tellsNothing) {
                    Breaker.failed(update);
                    if (!simply) {
                        breaker.raiseFaultLevel(update, state);
                    }
                }
            }
        }
        return update.build();
    }

    /** The report of a call whose endpoint's breaker has moved since: its health is another matter by now. */
    ConditionalUpdate lateUpdate(EndpointState state, long now) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        lasting(update, state, now);
        return update.build();
    }

    /** Whether the item is of the generation the call was admitted in. */
    boolean isCurrent(EndpointState state) {
        return Breaker.unmoved(permit.admitted()).holds(state);
    }

    /** Totals, spend and limits: true whatever has become of the endpoint. */
    private void lasting(ConditionalUpdate.Builder update, EndpointState state, long now) {
        update.add(Attribute.TOTAL_REQUESTS, 1);
        switch (reply) {
            case ProviderReply.Answer answer -> answered(update, state, now, answer.usage());
            case ProviderReply.Failure failure -> total(failure.failure()).ifPresent(total -> update.add(total, 1));
        }
        admission.settle(update, permit.demand(), permit.admitted(), state, feedback(), now);
    }

    private void answered(ConditionalUpdate.Builder update, EndpointState state, long now, @Nullable Usage usage) {
        if (usage == null) {
            return;
        }
        update.add(Attribute.TOTAL_INPUT_TOKENS, usage.inputTokens());
        update.add(Attribute.TOTAL_OUTPUT_TOKENS, usage.outputTokens());
        Price price = permit.endpoint().price();
        if (price != null) {
            long cost = price.nanoDollars(
                    usage.inputTokens(), usage.cachedInputTokens(), usage.outputTokens(), usage.reasoningTokens());
            Spend.count(update, state, now, cost);
        }
    }

    private Optional<Attribute> total(FailureClass failure) {
        return switch (failure) {
            case CALLER_FAULT -> Optional.empty();
            case RATE_LIMITED -> Optional.of(Attribute.TOTAL_RATE_LIMITED);
            case QUOTA, CREDENTIAL, MODEL, OVERLOADED, SERVER, TRANSPORT, TIMEOUT ->
                tellsNothing ? Optional.empty() : Optional.of(Attribute.TOTAL_FAILURES);
        };
    }

    private Map<Function<WindowSlot, Attribute>, Long> counts() {
        return switch (reply) {
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
            case ProviderReply.Failure failure ->
                failure.failure().isEndpointFault() && !tellsNothing
                        ? Map.of(WindowSlot::calls, 1L, WindowSlot::failures, 1L)
                        : Map.of();
        };
    }

    private Feedback feedback() {
        return switch (reply) {
            case ProviderReply.Answer answer ->
                new Feedback(
                        Optional.ofNullable(answer.usage()).map(this::charged),
                        remaining(answer.remaining()),
                        OptionalLong.empty(),
                        Optional.empty());
            case ProviderReply.Failure failure ->
                new Feedback(
                        actual(failure.failure()), remaining(failure.remaining()), retryAfter, failure.limit());
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
