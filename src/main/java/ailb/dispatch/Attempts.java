package ailb.dispatch;

import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.pool.Settings;
import ailb.protocol.Headers;
import ailb.protocol.ModelRequest;
import ailb.protocol.ProviderReply;
import ailb.protocol.ProviderRequest;
import ailb.protocol.RequestKind;
import ailb.protocol.Usage;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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
    private final Reports reports;
    private final Set<String> keysRenewed = new HashSet<>();
    private int made;
    private Ending.@Nullable Last last;

    Attempts(ModelRequest request, Budget budget, Settings settings, Reports reports) {
        this.request = request;
        this.budget = budget;
        this.settings = settings;
        this.reports = reports;
    }

    /** Takes the report of each call that was made. */
    interface Reports {

        /**
         * @param failure empty where the call was answered
         * @param key that it was made with
         */
        void report(
                Dispatcher.Parts parts,
                Settlement settlement,
                Optional<FailureClass> failure,
                ApiKeys.ApiKey key);
    }

    /**
     * Settles at once, and has the breaker judge.
     *
     * @param before answers that have not been reported yet
     */
    static void settle(
            Dispatcher.Parts parts,
            Settlement settlement,
            Optional<Report> before,
            Optional<FailureClass> failure,
            ApiKeys.ApiKey key) {
        Settler.Outcome outcome =
                parts.settler().settle(new Report(List.of(settlement)), before, settlement.deadline(), false);
        if (settlement.tellsNothing()) {
            parts.settler().abandon(settlement.permit());
        } else if (outcome instanceof Settler.Counted(EndpointState settled)) {
            parts.settler().judge(settlement.permit(), settled, failure, key.version());
        }
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

    Optional<Ending.Last> last() {
        return Optional.ofNullable(last);
    }

    /** A call repeated because its key was replaced is no attempt of its own: rotating a key loses no request. */
    boolean isAnotherAllowed() {
        return made < settings.retries().maxAttempts() + keysRenewed.size();
    }

    /** Waits for the permit's slot. False when the permit is dropped: too late, or the endpoint has changed. */
    boolean reachesSlot(Dispatcher.Parts parts, Permit permit) throws InterruptedException {
        long wait = permit.slot() - parts.time().now();
        if (Math.max(0, wait) > budget.spare(permit.admitted(), permit.demand())) {
            return dropped(parts, permit);
        }
        parts.time().sleep(wait);
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

    private static boolean dropped(Dispatcher.Parts parts, Permit permit) {
        parts.settler().abandon(permit);
        parts.listener().on(new DispatchEvent.Dropped(permit.endpoint().name()));
        return false;
    }

    /** Makes one call and reports it, or leaves that to the stream it answers with. */
    Next attempt(Dispatcher.Parts parts, Ticket ticket) throws InterruptedException {
        Endpoint endpoint = ticket.permit().endpoint();
        made++;
        long start = parts.time().monotonic();
        Duration timeout = budget.attempt(
                ticket.permit().admitted(), ticket.permit().demand(), request.maxTokens());
        Upstream.Result result = send(parts, ticket, timeout);
        Call call = new Call(ticket, start, timeout, parts.time().now());
        ProviderReply reply;
        switch (result) {
            case Upstream.Reply(int status, Headers headers, byte[] body) ->
                reply = whole(request.read(endpoint.provider(), status, headers, body, instant(call.headAt())));
            case Upstream.Failed(FailureClass failure, String detail) -> reply = noReply(failure, detail);
            case Upstream.Streaming(_, Headers headers, Upstream.Body body) -> {
                LiveReply live = new LiveReply(
                        request.events(endpoint.provider(), headers, instant(call.headAt())),
                        body,
                        ticket.permit().demand(),
                        parts.time(),
                        start + timeout.toNanos(),
                        parts.time().monotonic() + budget.left(),
                        (ended, cutShort) -> conclude(parts, call, ended, cutShort));
                Optional<ProviderReply.Failure> failure = live.begin();
                if (failure.isEmpty()) {
                    return new Finished(new DispatchResult.Streaming(endpoint.name(), made, live));
                }
                reply = failure.get();
            }
        }
        return next(endpoint, reply, conclude(parts, call, reply, false));
    }

    /**
     * A call that was made.
     *
     * @param start by the monotonic clock
     * @param headAt when the head of the reply came, or it was given up; nanoseconds since the epoch
     */
    private record Call(Ticket ticket, long start, Duration timeout, long headAt) {}

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(0, nanos);
    }

    /** A caller who waits for events cannot read an answer that comes whole. */
    private ProviderReply whole(ProviderReply reply) {
        return request.isStream() && reply instanceof ProviderReply.Answer
                ? noReply(FailureClass.TRANSPORT, "answered whole where a stream was asked for")
                : reply;
    }

    private Upstream.Result send(Dispatcher.Parts parts, Ticket ticket, Duration timeout)
            throws InterruptedException {
        ProviderRequest providerRequest = request.at(ticket.permit().endpoint(), ticket.key().value());
        return request.isStream()
                ? parts.upstream().open(providerRequest, timeout)
                : parts.upstream().call(providerRequest, timeout);
    }

    /**
     * Tells of a call that has ended and reports it. True when its key has been renewed since.
     *
     * @param cutShort whether it was under way, and well, when the request's time was over
     */
    private boolean conclude(
            Dispatcher.Parts parts, Call call, ProviderReply reply, boolean cutShort) {
        Permit permit = call.ticket().permit();
        ApiKeys.ApiKey key = call.ticket().key();
        long nanos = parts.time().monotonic() - call.start();
        boolean keyRenewed =
                failed(reply, FailureClass.CREDENTIAL) && isKeyRenewed(parts, permit.endpoint(), key);
        boolean requestEnded = failed(reply, FailureClass.TIMEOUT)
                && (cutShort || !budget.isFair(call.timeout(), permit.admitted(), permit.demand()));
        tell(parts.listener(), permit.endpoint(), reply, nanos);
        Settlement settlement = new Settlement(
                permit,
                parts.gate().admission(permit.endpoint(), Priority.INTERACTIVE),
                reply,
                nanos,
                call.headAt(),
                leaveAlone(parts, reply),
                keyRenewed || requestEnded || isCount(reply),
                budget.deadline());
        Optional<FailureClass> failure =
                reply instanceof ProviderReply.Failure failed ? Optional.of(failed.failure()) : Optional.empty();
        reports.report(parts, settlement, failure, key);
        return keyRenewed;
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
                last = new Ending.Last(endpoint.name(), failed);
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

    private boolean isKeyRenewed(Dispatcher.Parts parts, Endpoint endpoint, ApiKeys.ApiKey refused) {
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
    private OptionalLong leaveAlone(Dispatcher.Parts parts, ProviderReply reply) {
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
