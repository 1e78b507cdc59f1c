package ailb.dispatch;

import ailb.dispatch.choice.TimeBudget;
import ailb.dispatch.fallback.DispatchContext;
import ailb.dispatch.permit.OutcomeSink;
import ailb.dispatch.permit.Permit;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.pool.Settings;
import ailb.port.DispatchEvent;
import ailb.port.FatalError;
import ailb.port.ReplyBudget;
import ailb.port.Upstream;
import ailb.protocol.ModelRequest;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.ProviderRequest;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls of one request: waits for each slot, makes the call, records its outcome, and says what comes next.
 */
final class Attempts {

    /** A call that has waited longer than this for its slot reads the endpoint's state again first. */
    private static final long LONG_WAIT = Duration.ofMillis(100).toNanos();

    /** A slot that is missed by more than this is lost. */
    private static final long TOO_LATE = Duration.ofSeconds(1).toNanos();

    private final ModelRequest request;
    private final TimeBudget budget;
    private final Settings settings;
    private final StreamOutput output;
    private final AttemptRecorder recorder;
    private final ReplyBudget.Share replies;
    private int made;
    private @Nullable LastAttempt last;

    /**
     * @param output takes the events of a request that asks for a stream
     * @param sink who takes the outcomes of calls made in this context
     * @param replies takes the bytes of whole replies
     */
    Attempts(ModelRequest request, TimeBudget budget, Settings settings, StreamOutput output,
            Function<DispatchContext, OutcomeSink> sink,
            ReplyBudget.Share replies) {
        this.request = request;
        this.budget = budget;
        this.settings = settings;
        this.output = output;
        this.recorder = new AttemptRecorder(request, budget, settings, sink);
        this.replies = replies;
    }

    /** Calls made. */
    int made() {
        return made;
    }

    Optional<LastAttempt> last() {
        return Optional.ofNullable(last);
    }

    /**
     * Whether another call may be made. A call that is repeated with a replaced key does not count, so that rotating a
     * key fails no request.
     */
    boolean isAnotherAllowed() {
        return made < settings.retries().maxAttempts() + recorder.keysRenewed();
    }

    /** Waits for the permit's slot. False when it dropped the permit: it is too late, or the endpoint has changed. */
    boolean awaitSlot(DispatchContext context, Permit permit) throws InterruptedException {
        long wait = permit.slot() - context.time().now();
        if (Math.max(0, wait) > budget.spare(permit.admitted(), permit.demand())) {
            return dropped(context, permit);
        }
        output.sleep(wait);
        if (output.isClosed()) {
            return dropped(context, permit);
        }
        if (wait <= LONG_WAIT) {
            return true;
        }
        context.view().refresh();
        EndpointState state = context.view().state(permit.endpoint());
        long now = context.time().now();
        boolean stands = Breaker.unmoved(permit.admitted()).holds(state)
                && state.get(Attribute.HOLD) <= now
                && now - permit.slot() <= TOO_LATE
                && budget.spare(state, permit.demand()) >= 0;
        return stands || dropped(context, permit);
    }

    private static boolean dropped(DispatchContext context, Permit permit) {
        context.recorder().abandon(permit);
        context.listener().on(new DispatchEvent.Dropped(permit.endpoint().name()));
        return false;
    }

    /** Makes one call and records its outcome. The events of a stream go out meanwhile. */
    RetryDecision attempt(DispatchContext context, KeyedPermit keyed) throws InterruptedException {
        made++;
        Endpoint endpoint = keyed.endpoint();
        ProviderRequest call = request.at(endpoint, keyed.key().value());
        Duration timeout = budget.attempt(
                keyed.permit().admitted(), keyed.permit().demand(), request.maxTokens());
        ProviderCall begun = new ProviderCall(keyed, context.time().monotonic(), timeout);
        return request.isStream()
                ? stream(context, begun, context.upstream().open(call, timeout))
                : ended(context, begun, context.upstream().call(call, timeout, replies));
    }

    /** Ends a call after a whole reply, or none. */
    private RetryDecision ended(DispatchContext context, ProviderCall call, Upstream.Result result) {
        long now = context.time().now();
        ProviderReply reply = switch (result) {
            case Upstream.Reply(int status, Headers headers, byte[] body) ->
                whole(request.read(
                        call.endpoint().provider(), status, headers, call.redaction().of(body), instant(now)));
            case Upstream.Failed(FailureClass failure, String detail) -> noReply(failure, detail);
            case Upstream.Streaming _ -> throw new IllegalStateException("no stream was asked for");
        };
        return next(call.endpoint(), reply, recorder.conclude(context, call, reply, now, false));
    }

    private RetryDecision stream(DispatchContext context, ProviderCall call, Upstream.Pending pending)
            throws InterruptedException {
        Optional<Upstream.Result> result = awaited(pending);
        if (result.isEmpty()) {
            return hungUp(context, call, new ProviderReply.Answer(new byte[0], null, List.of()), context.time().now());
        }
        return result.get() instanceof Upstream.Streaming(_, Headers headers, Upstream.Body body)
                ? relay(context, call, headers, body)
                : ended(context, call, result.get());
    }

    /** The result of a call; empty if the caller left before there was one. */
    private Optional<Upstream.Result> awaited(Upstream.Pending pending) throws InterruptedException {
        try (pending) {
            Optional<Upstream.Result> result = Optional.empty();
            while (result.isEmpty() && !output.isClosed()) {
                result = pending.await(output.untilDue());
                output.beatIfDue();
            }
            return result;
        }
    }

    private RetryDecision relay(DispatchContext context, ProviderCall call, Headers headers, Upstream.Body body)
            throws InterruptedException {
        long headAt = context.time().now();
        StreamRelay live = new StreamRelay(
                call.redaction().of(request.events(call.endpoint().provider(), headers, instant(headAt))),
                body,
                call.keyed().permit().demand(),
                context.time(),
                call.start() + call.timeout().toNanos(),
                context.time().monotonic() + budget.left());
        ProviderReply reply;
        try {
            reply = live.relay(events -> output.send(call.endpoint().name(), made, events), output);
        } catch (InterruptedException | RuntimeException | Error e) {
            FatalError.rethrow(e);
            hungUp(context, call, live.soFar(), headAt);
            throw e;
        }
        if (!live.hasBegun() && reply instanceof ProviderReply.Answer) {
            return hungUp(context, call, reply, headAt);
        }
        boolean keyRenewed = recorder.conclude(context, call, reply, headAt, live.isCutShort());
        return live.hasBegun()
                ? new RetryDecision.Finish(new DispatchResult.Streamed(call.endpoint().name(), made))
                : next(call.endpoint(), reply, keyRenewed);
    }

    /** Records a call that nobody waits for any more. It says nothing about the endpoint. */
    private RetryDecision hungUp(DispatchContext context, ProviderCall call, ProviderReply soFar, long headAt) {
        long nanos = context.time().monotonic() - call.start();
        context.listener().on(new DispatchEvent.HungUp(call.endpoint().name(), nanos));
        recorder.record(context, call, soFar, headAt, true);
        return new RetryDecision.Finish(new DispatchResult.HungUp(made));
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(0, nanos);
    }

    /** A caller who waits for events cannot read an answer that comes whole. */
    private ProviderReply whole(ProviderReply reply) {
        return request.isStream() && reply instanceof ProviderReply.Answer
                ? noReply(FailureClass.TRANSPORT, "answered whole where a stream was asked for")
                : reply;
    }

    private RetryDecision next(Endpoint endpoint, ProviderReply reply, boolean keyRenewed) {
        RetryDecision decision = RetryDecision.after(endpoint.name(), made, reply, keyRenewed);
        if (decision instanceof RetryDecision.Elsewhere(ProviderReply.Failure failure)) {
            last = new LastAttempt(endpoint.name(), failure);
        }
        return decision;
    }

    private static ProviderReply noReply(FailureClass failure, String detail) {
        return new ProviderReply.Failure(
                failure, 0, new byte[0], detail, true, Optional.empty(), Optional.empty(), List.of());
    }
}
