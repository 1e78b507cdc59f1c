package ailb.dispatch;

import ailb.dispatch.choice.Budget;
import ailb.dispatch.fallback.Parts;
import ailb.dispatch.permit.Permit;
import ailb.dispatch.permit.Priority;
import ailb.dispatch.permit.Reports;
import ailb.dispatch.permit.Settlement;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.pool.Settings;
import ailb.port.ApiKeys;
import ailb.port.DispatchEvent;
import ailb.port.DispatchListener;
import ailb.port.FatalError;
import ailb.port.ReplyBudget;
import ailb.port.Upstream;
import ailb.protocol.ModelRequest;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.ProviderRequest;
import ailb.protocol.wire.RequestKind;
import ailb.protocol.wire.Usage;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The calls made for one request: each is waited for, made, and reported, and says whether it was the last. */
final class Attempts {

    /** A call that has waited longer than this for its slot looks again before it goes. */
    private static final long LONG_WAIT = Duration.ofMillis(100).toNanos();

    /** A slot missed by more than this is lost. */
    private static final long TOO_LATE = Duration.ofSeconds(1).toNanos();

    private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

    private final ModelRequest request;
    private final Budget budget;
    private final Settings settings;
    private final StreamOutput output;
    private final Function<Parts, Reports> reports;
    private final Set<String> keysRenewed = new HashSet<>();
    private final ReplyBudget.Share replies;
    private int made;
    private @Nullable LastAttempt last;

    /**
     * @param output takes the events of a request that asks for a stream
     * @param reports who takes the reports of calls made with these parts
     * @param replies takes the bytes of whole replies
     */
    Attempts(ModelRequest request, Budget budget, Settings settings, StreamOutput output,
            Function<Parts, Reports> reports,
            ReplyBudget.Share replies) {
        this.request = request;
        this.budget = budget;
        this.settings = settings;
        this.output = output;
        this.reports = reports;
        this.replies = replies;
    }

    /** What is to be done after a call. */
    sealed interface Next {}

    /** The request has its end. */
    record Finished(DispatchResult result) implements Next {}

    /** The same endpoint may be asked again: its key has been replaced. */
    record WithNewKey(Endpoint endpoint) implements Next {}

    /** Another endpoint should be asked. */
    record Elsewhere(Endpoint endpoint, FailureClass failure) implements Next {}

    /** Calls made. */
    int made() {
        return made;
    }

    Optional<LastAttempt> last() {
        return Optional.ofNullable(last);
    }

    /** A call repeated because its key was replaced is no attempt of its own: rotating a key loses no request. */
    boolean isAnotherAllowed() {
        return made < settings.retries().maxAttempts() + keysRenewed.size();
    }

    /** Waits for the permit's slot. False when the permit is dropped: too late, or the endpoint has changed. */
    boolean awaitSlot(Parts parts, Permit permit) throws InterruptedException {
        long wait = permit.slot() - parts.time().now();
        if (Math.max(0, wait) > budget.spare(permit.admitted(), permit.demand())) {
            return dropped(parts, permit);
        }
        output.sleep(wait);
        if (output.isClosed()) {
            return dropped(parts, permit);
        }
        if (wait <= LONG_WAIT) {
            return true;
        }
        parts.view().refresh();
        EndpointState state = parts.view().state(permit.endpoint());
        long now = parts.time().now();
        boolean stands = Breaker.unmoved(permit.admitted()).holds(state)
                && state.get(Attribute.HOLD) <= now
                && now - permit.slot() <= TOO_LATE
                && budget.spare(state, permit.demand()) >= 0;
        return stands || dropped(parts, permit);
    }

    private static boolean dropped(Parts parts, Permit permit) {
        parts.settler().abandon(permit);
        parts.listener().on(new DispatchEvent.Dropped(permit.endpoint().name()));
        return false;
    }

    /** Makes one call and reports it; the events of a stream go out meanwhile. */
    Next attempt(Parts parts, Ticket ticket) throws InterruptedException {
        made++;
        Endpoint endpoint = ticket.permit().endpoint();
        ProviderRequest call = request.at(endpoint, ticket.key().value());
        Duration timeout = budget.attempt(
                ticket.permit().admitted(), ticket.permit().demand(), request.maxTokens());
        Call begun = new Call(ticket, parts.time().monotonic(), timeout);
        return request.isStream()
                ? stream(parts, begun, parts.upstream().open(call, timeout))
                : ended(parts, begun, parts.upstream().call(call, timeout, replies));
    }

    /**
     * A call that is made.
     *
     * @param start by the monotonic clock
     */
    private record Call(Ticket ticket, long start, Duration timeout) {

        Endpoint endpoint() {
            return ticket.permit().endpoint();
        }

        KeyRedaction redaction() {
            return new KeyRedaction(ticket.key());
        }
    }

    /** After a reply that has come whole, or none. */
    private Next ended(Parts parts, Call call, Upstream.Result result) {
        long now = parts.time().now();
        ProviderReply reply = switch (result) {
            case Upstream.Reply(int status, Headers headers, byte[] body) ->
                whole(request.read(
                        call.endpoint().provider(), status, headers, call.redaction().of(body), instant(now)));
            case Upstream.Failed(FailureClass failure, String detail) -> noReply(failure, detail);
            case Upstream.Streaming _ -> throw new IllegalStateException("no stream was asked for");
        };
        return next(call.endpoint(), reply, conclude(parts, call, reply, now, false));
    }

    private Next stream(Parts parts, Call call, Upstream.Pending pending) throws InterruptedException {
        Optional<Upstream.Result> result = awaited(pending);
        if (result.isEmpty()) {
            return hungUp(parts, call, new ProviderReply.Answer(new byte[0], null, List.of()), parts.time().now());
        }
        return result.get() instanceof Upstream.Streaming(_, Headers headers, Upstream.Body body)
                ? relay(parts, call, headers, body)
                : ended(parts, call, result.get());
    }

    /** What has come of a call; empty where the caller is gone before. */
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

    private Next relay(Parts parts, Call call, Headers headers, Upstream.Body body)
            throws InterruptedException {
        long headAt = parts.time().now();
        LiveReply live = new LiveReply(
                call.redaction().of(request.events(call.endpoint().provider(), headers, instant(headAt))),
                body,
                call.ticket().permit().demand(),
                parts.time(),
                call.start() + call.timeout().toNanos(),
                parts.time().monotonic() + budget.left());
        ProviderReply reply;
        try {
            reply = live.relay(events -> output.send(call.endpoint().name(), made, events), output);
        } catch (InterruptedException | RuntimeException | Error e) {
            FatalError.rethrow(e);
            hungUp(parts, call, live.soFar(), headAt);
            throw e;
        }
        if (!live.hasBegun() && reply instanceof ProviderReply.Answer) {
            return hungUp(parts, call, reply, headAt);
        }
        boolean keyRenewed = conclude(parts, call, reply, headAt, live.isCutShort());
        return live.hasBegun()
                ? new Finished(new DispatchResult.Streamed(call.endpoint().name(), made))
                : next(call.endpoint(), reply, keyRenewed);
    }

    /** Reports a call that nobody waits for any more. It tells nothing of the endpoint. */
    private Next hungUp(Parts parts, Call call, ProviderReply soFar, long headAt) {
        long nanos = parts.time().monotonic() - call.start();
        parts.listener().on(new DispatchEvent.HungUp(call.endpoint().name(), nanos));
        report(parts, call, soFar, headAt, true);
        return new Finished(new DispatchResult.HungUp(made));
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

    /**
     * Tells of a call that has ended and reports it. True when its key has been renewed since.
     *
     * @param headAt when the head of the reply came, or it was given up; nanoseconds since the epoch
     * @param cutShort whether it was under way, and well, when the request's time was over
     */
    private boolean conclude(
            Parts parts, Call call, ProviderReply reply, long headAt, boolean cutShort) {
        Permit permit = call.ticket().permit();
        boolean keyRenewed = failed(reply, FailureClass.CREDENTIAL)
                && refreshKey(parts, permit.endpoint(), call.ticket().key());
        boolean requestEnded = failed(reply, FailureClass.TIMEOUT)
                && (cutShort || !budget.isFair(call.timeout(), permit.admitted(), permit.demand()));
        tell(parts.listener(), permit.endpoint(), reply, parts.time().monotonic() - call.start());
        report(parts, call, reply, headAt, keyRenewed || requestEnded || isCount(reply));
        return keyRenewed;
    }

    private void report(
            Parts parts, Call call, ProviderReply reply, long headAt, boolean tellsNothing) {
        Permit permit = call.ticket().permit();
        Settlement settlement = new Settlement(
                permit,
                parts.gate().admission(permit.endpoint(), Priority.INTERACTIVE),
                reply,
                parts.time().monotonic() - call.start(),
                headAt,
                leaveAlone(parts, reply),
                tellsNothing,
                budget.deadline());
        Optional<FailureClass> failure =
                reply instanceof ProviderReply.Failure failed ? Optional.of(failed.failure()) : Optional.empty();
        reports.apply(parts).report(settlement, failure, call.ticket().key());
    }

    /** How well tokens are counted tells nothing of how well a model answers; of the key and the account it does. */
    private boolean isCount(ProviderReply reply) {
        return request.kind() == RequestKind.COUNT_TOKENS
                && !(reply instanceof ProviderReply.Failure failed && failed.failure().needsAPerson());
    }

    private Next next(Endpoint endpoint, ProviderReply reply, boolean keyRenewed) {
        return switch (RetryDecision.after(reply, keyRenewed)) {
            case RetryDecision.Finish() -> new Finished(finished(endpoint, reply));
            case RetryDecision.WithNewKey() -> new WithNewKey(endpoint);
            case RetryDecision.Elsewhere(ProviderReply.Failure failed) -> {
                last = new LastAttempt(endpoint.name(), failed);
                yield new Elsewhere(endpoint, failed.failure());
            }
        };
    }

    private static boolean failed(ProviderReply reply, FailureClass failure) {
        return reply instanceof ProviderReply.Failure failed && failed.failure() == failure;
    }

    private static ProviderReply noReply(FailureClass failure, String detail) {
        return new ProviderReply.Failure(
                failure, 0, new byte[0], detail, true, Optional.empty(), Optional.empty(), List.of());
    }

    private boolean refreshKey(Parts parts, Endpoint endpoint, ApiKeys.ApiKey refused) {
        boolean renewed = !keysRenewed.contains(endpoint.name())
                && parts.keys().refresh(endpoint.apiKey(), refused) instanceof ApiKeys.ApiKey key
                && !key.equals(refused);
        if (renewed) {
            keysRenewed.add(endpoint.name());
            parts.listener().on(new DispatchEvent.KeyRenewed(endpoint.name()));
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

    /** How long an endpoint that refused for its limits is left alone: as it says, or for 1 to 5 s. */
    private OptionalLong leaveAlone(Parts parts, ProviderReply reply) {
        if (!(reply instanceof ProviderReply.Failure failure) || failure.failure() != FailureClass.RATE_LIMITED) {
            return OptionalLong.empty();
        }
        long cap = settings.routing().retryAfterCap().toNanos();
        long unsaid = NANOS_PER_SECOND + (long) (4 * NANOS_PER_SECOND * parts.random().nextDouble());
        return OptionalLong.of(
                failure.retryAfter().map(said -> Math.min(cap, said.toNanos())).orElse(unsaid));
    }

    private DispatchResult finished(Endpoint endpoint, ProviderReply reply) {
        return switch (reply) {
            case ProviderReply.Answer answer ->
                new DispatchResult.Answered(endpoint.name(), made, answer.body());
            case ProviderReply.Failure failure ->
                new DispatchResult.PassedOn(endpoint.name(), made, failure.status(), failure.passOn());
        };
    }
}
