package ailb.dispatch;

import ailb.dispatch.choice.TimeBudget;
import ailb.dispatch.fallback.DispatchContext;
import ailb.dispatch.permit.CallOutcome;
import ailb.dispatch.permit.OutcomeSink;
import ailb.dispatch.permit.Permit;
import ailb.dispatch.permit.Priority;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.pool.Settings;
import ailb.port.ApiKeys;
import ailb.port.DispatchEvent;
import ailb.port.DispatchListener;
import ailb.protocol.ModelRequest;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.RequestKind;
import ailb.protocol.wire.Usage;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/** Records the calls of one request: what each reply means for its endpoint and its key, and who is told. */
final class AttemptRecorder {

    private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

    private final ModelRequest request;
    private final TimeBudget budget;
    private final Settings settings;
    private final Function<DispatchContext, OutcomeSink> sink;
    private final Set<String> keysRenewed = new HashSet<>();

    /** @param sink who takes the outcomes of calls made in this context */
    AttemptRecorder(
            ModelRequest request,
            TimeBudget budget,
            Settings settings,
            Function<DispatchContext, OutcomeSink> sink) {
        this.request = request;
        this.budget = budget;
        this.settings = settings;
        this.sink = sink;
    }

    /** Endpoints whose keys have been replaced while the request was served. */
    int keysRenewed() {
        return keysRenewed.size();
    }

    /**
     * Publishes and records a call that has ended. True when its key has been replaced since.
     *
     * @param headAt when the head of the reply came, or the call was given up; nanoseconds since the epoch
     * @param cutShort whether the stream still flowed when the request's time was over
     */
    boolean conclude(
            DispatchContext context, ProviderCall call, ProviderReply reply, long headAt, boolean cutShort) {
        Permit permit = call.keyed().permit();
        boolean keyRenewed = failed(reply, FailureClass.CREDENTIAL)
                && refreshKey(context, permit.endpoint(), call.keyed().key());
        boolean requestEnded = failed(reply, FailureClass.TIMEOUT)
                && (cutShort || !budget.isFair(call.timeout(), permit.admitted(), permit.demand()));
        tell(context.listener(), permit.endpoint(), reply, context.time().monotonic() - call.start());
        record(context, call, reply, headAt, keyRenewed || requestEnded || isCount(reply));
        return keyRenewed;
    }

    /** @param tellsNothing see {@link CallOutcome} */
    void record(
            DispatchContext context, ProviderCall call, ProviderReply reply, long headAt, boolean tellsNothing) {
        Permit permit = call.keyed().permit();
        CallOutcome outcome = new CallOutcome(
                permit,
                context.issuer().admission(permit.endpoint(), Priority.INTERACTIVE),
                reply,
                context.time().monotonic() - call.start(),
                headAt,
                leaveAlone(context, reply),
                tellsNothing,
                budget.deadline());
        Optional<FailureClass> failure =
                reply instanceof ProviderReply.Failure failed ? Optional.of(failed.failure()) : Optional.empty();
        sink.apply(context).record(outcome, failure, call.keyed().key());
    }

    /**
     * Whether the call only counted tokens. That says something about the key and the account, but not about the
     * model's health.
     */
    private boolean isCount(ProviderReply reply) {
        return request.kind() == RequestKind.COUNT_TOKENS
                && !(reply instanceof ProviderReply.Failure failed && failed.failure().needsAPerson());
    }

    private boolean refreshKey(DispatchContext context, Endpoint endpoint, ApiKeys.ApiKey refused) {
        boolean renewed = !keysRenewed.contains(endpoint.name())
                && context.keys().refresh(endpoint.apiKey(), refused) instanceof ApiKeys.ApiKey key
                && !key.equals(refused);
        if (renewed) {
            keysRenewed.add(endpoint.name());
            context.listener().on(new DispatchEvent.KeyRenewed(endpoint.name()));
        }
        return renewed;
    }

    private static void tell(DispatchListener listener, Endpoint endpoint, ProviderReply reply, long nanos) {
        listener.on(
                switch (reply) {
                    case ProviderReply.Answer(_, Usage usage, _) ->
                        new DispatchEvent.Answered(
                                endpoint.name(),
                                nanos,
                                usage == null ? 0 : usage.inputTokens(),
                                usage == null ? 0 : usage.outputTokens());
                    case ProviderReply.Failure failure ->
                        new DispatchEvent.Failed(
                                endpoint.name(), nanos, failure.failure(), failure.status(), failure.detail());
                });
    }

    /** How long to send nothing to an endpoint that refused for its limits: as long as it says, or 1 to 5 s. */
    private OptionalLong leaveAlone(DispatchContext context, ProviderReply reply) {
        if (!(reply instanceof ProviderReply.Failure failure) || failure.failure() != FailureClass.RATE_LIMITED) {
            return OptionalLong.empty();
        }
        long cap = settings.routing().retryAfterCap().toNanos();
        long unsaid = NANOS_PER_SECOND + (long) (4 * NANOS_PER_SECOND * context.random().nextDouble());
        return OptionalLong.of(
                failure.retryAfter().map(said -> Math.min(cap, said.toNanos())).orElse(unsaid));
    }

    private static boolean failed(ProviderReply reply, FailureClass failure) {
        return reply instanceof ProviderReply.Failure failed && failed.failure() == failure;
    }
}
