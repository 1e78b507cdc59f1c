package ailb.dispatch.permit;

import ailb.admission.CompletedCall;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.protocol.wire.Usage;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import ailb.stats.KnownP95;
import ailb.stats.Spend;
import ailb.stats.Window;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * How calls ended, as the one write that records them.
 *
 * @param calls one call, or several answers of one endpoint to calls admitted under one generation
 * @param old whether they ended too long ago to say anything about the endpoint's health now
 */
public record OutcomeUpdate(List<CallOutcome> calls, boolean old) {

    public OutcomeUpdate {
        calls = List.copyOf(calls);
    }

    public OutcomeUpdate(List<CallOutcome> calls) {
        this(calls, false);
    }

    Endpoint endpoint() {
        return calls.getFirst().permit().endpoint();
    }

    /** Whether the calls count for the endpoint's health: its generation is still the one they were admitted in. */
    boolean isCurrent(EndpointState state) {
        return !old && Breaker.unmoved(calls.getFirst().permit().admitted()).holds(state);
    }

    /**
     * The write, guarded by the generation the calls were admitted in.
     *
     * @param simply whether to leave out what needs a further guard, because other writes came first each time
     */
    ConditionalUpdate update(Breaker breaker, EndpointState state, long now, boolean simply) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder()
                .guard(Breaker.unmoved(calls.getFirst().permit().admitted()));
        lasting(update, state, now);
        List<Map<Function<WindowSlot, Attribute>, Long>> counts = calls.stream()
                .map(CallOutcome::counts)
                .filter(each -> !each.isEmpty())
                .toList();
        if (!counts.isEmpty()) {
            Window.of(state, now).count(update, counts);
        }
        if (calls.getFirst().isAnswer()) {
            KnownP95.keep(update, update.build().applyTo(state), now);
            Breaker.succeeded(update);
        } else if (calls.getFirst().isFault()) {
            Breaker.failed(update);
            if (!simply) {
                breaker.raiseFaultLevel(update, state);
            }
        }
        return update.build();
    }

    /** The write for calls whose endpoint's breaker has moved since. They do not count for its health. */
    ConditionalUpdate lateUpdate(EndpointState state, long now) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        lasting(update, state, now);
        return update.build();
    }

    /** Totals, spend and limits, which count whatever the breaker did since. */
    private void lasting(ConditionalUpdate.Builder update, EndpointState state, long now) {
        update.add(Attribute.TOTAL_REQUESTS, calls.size());
        calls.stream().flatMap(call -> call.total().stream()).forEach(total -> update.add(total, 1));
        if (calls.stream().anyMatch(call -> call.usage().isPresent())) {
            update.add(Attribute.TOTAL_INPUT_TOKENS, sum(Usage::inputTokens));
            update.add(Attribute.TOTAL_OUTPUT_TOKENS, sum(Usage::outputTokens));
        }
        calls.stream()
                .map(CallOutcome::cost)
                .filter(OptionalLong::isPresent)
                .map(OptionalLong::getAsLong)
                .reduce(Long::sum)
                .ifPresent(cost -> Spend.count(update, state, now, cost));
        List<CompletedCall> ended = calls.stream()
                .map(call -> new CompletedCall(call.permit().demand(), call.permit().admitted(), call.feedback()))
                .toList();
        calls.getFirst().admission().reconcile(update, ended, state, now);
    }

    private long sum(ToLongFunction<Usage> tokens) {
        return calls.stream().flatMap(call -> call.usage().stream()).mapToLong(tokens).sum();
    }
}
