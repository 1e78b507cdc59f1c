package ailb.dispatch;

import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.pool.Settings;
import ailb.protocol.ChatRequest;
import ailb.protocol.Headers;
import ailb.protocol.ProviderReply;
import ailb.protocol.ProviderRequest;
import ailb.protocol.Usage;
import ailb.protocol.WireProtocol;
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

/** One request on its way: attempt after attempt until one ends it, or there is nothing left to try. */
final class RequestRun {

    /** A call that has waited longer than this for its slot looks again before it goes. */
    private static final long LONG_WAIT = Duration.ofMillis(100).toNanos();

    /** A slot missed by more than this is lost. */
    private static final long TOO_LATE = Duration.ofSeconds(1).toNanos();

    private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

    private final Grounds grounds;
    private final ChatRequest request;
    private final Budget budget;
    private final Settings settings;
    private final Set<String> keysRenewed = new HashSet<>();
    private Dispatcher.Parts parts;
    private Search search;
    private int attempts;
    private Ending.@Nullable Last last;

    RequestRun(Grounds grounds, ChatRequest request, Deadline deadline) {
        this.grounds = grounds;
        this.parts = grounds.current();
        this.request = request;
        this.settings = parts.pool().settings();
        this.budget = new Budget(deadline, parts.time(), settings);
        this.search = new Search(parts, request, budget);
    }

    DispatchResult run() throws InterruptedException {
        // A call repeated because its key was replaced is no attempt of its own: rotating a key loses no request.
        while (attempts < settings.retries().maxAttempts() + keysRenewed.size()) {
            Optional<Search.Ticket> ticket = find();
            if (ticket.isEmpty()) {
                break;
            }
            if (reachesSlot(ticket.get().permit())) {
                Optional<DispatchResult> result = attempt(ticket.get());
                if (result.isPresent()) {
                    return result.get();
                }
            }
        }
        return new Ending(parts, search, budget, attempts, last).result();
    }

    /** Finds room on the ground of the moment. A permit is used and settled on the ground that gave it. */
    private Optional<Search.Ticket> find() throws InterruptedException {
        moved();
        Optional<Search.Ticket> ticket = search.find();
        return ticket.isEmpty() && search.storeIsDown() && moved() ? search.find() : ticket;
    }

    /** Whether the store has gone down, or come back, since this request last looked; it then goes on from there. */
    private boolean moved() {
        Dispatcher.Parts current = grounds.current();
        if (current.equals(parts)) {
            return false;
        }
        parts = current;
        search = search.on(current);
        return true;
    }

    /** Waits for the permit's slot. False when the permit is dropped: too late, or the endpoint has changed. */
    private boolean reachesSlot(Permit permit) throws InterruptedException {
        long wait = permit.slot() - parts.time().now();
        if (Math.max(0, wait) > budget.spare(permit.admitted(), permit.demand())) {
            return dropped(permit);
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
        return stands || dropped(permit);
    }

    private boolean dropped(Permit permit) {
        parts.settler().abandon(permit);
        parts.listener().on(new DispatchEvent.Dropped(permit.endpoint().name()));
        return false;
    }

    private Optional<DispatchResult> attempt(Search.Ticket ticket) throws InterruptedException {
        Endpoint endpoint = ticket.permit().endpoint();
        attempts++;
        long start = parts.time().monotonic();
        Duration timeout = budget.attempt(ticket.permit().admitted(), ticket.permit().demand());
        ProviderReply reply = call(ticket, timeout);
        long nanos = parts.time().monotonic() - start;
        boolean keyRenewed = reply instanceof ProviderReply.Failure failure
                && failure.failure() == FailureClass.CREDENTIAL
                && isKeyRenewed(endpoint, ticket.key());
        boolean cutShort = reply instanceof ProviderReply.Failure failure
                && failure.failure() == FailureClass.TIMEOUT
                && !budget.isFair(timeout, ticket.permit().admitted(), ticket.permit().demand());
        report(endpoint, reply, nanos);
        settle(ticket, reply, nanos, keyRenewed || cutShort);
        return switch (RetryDecision.after(reply, keyRenewed)) {
            case RetryDecision.Finish() -> Optional.of(finished(endpoint, reply));
            case RetryDecision.WithNewKey() -> Optional.empty();
            case RetryDecision.Elsewhere() -> {
                if (reply instanceof ProviderReply.Failure failure) {
                    last = new Ending.Last(endpoint.name(), failure);
                    search.failedAt(endpoint, failure.failure());
                }
                yield Optional.empty();
            }
        };
    }

    private ProviderReply call(Search.Ticket ticket, Duration timeout) throws InterruptedException {
        Permit permit = ticket.permit();
        WireProtocol protocol = WireProtocol.of(permit.endpoint().provider());
        ProviderRequest providerRequest = protocol.request(permit.endpoint(), request, ticket.key().value());
        return switch (parts.upstream().call(providerRequest, timeout)) {
            case Upstream.Reply(int status, Headers headers, byte[] body) ->
                protocol.read(request, status, headers, body, Instant.ofEpochSecond(0, parts.time().now()));
            case Upstream.Failed(FailureClass failure, String detail) -> noReply(failure, detail);
        };
    }

    private static ProviderReply noReply(FailureClass failure, String detail) {
        return new ProviderReply.Failure(
                failure, 0, new byte[0], detail, true, Optional.empty(), Optional.empty(), List.of());
    }

    private boolean isKeyRenewed(Endpoint endpoint, ApiKeys.ApiKey refused) {
        boolean renewed = !keysRenewed.contains(endpoint.name())
                && parts.keys().refresh(endpoint.apiKey(), refused) instanceof ApiKeys.ApiKey key
                && !key.equals(refused);
        if (renewed) {
            keysRenewed.add(endpoint.name());
            search.renewed(endpoint);
            parts.listener().on(new DispatchEvent.KeyRenewed(endpoint.name()));
        }
        return renewed;
    }

    private void report(Endpoint endpoint, ProviderReply reply, long nanos) {
        parts.listener()
                .on(
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

    private void settle(Search.Ticket ticket, ProviderReply reply, long nanos, boolean tellsNothing) {
        Permit permit = ticket.permit();
        Settlement settlement = new Settlement(
                permit, parts.gate().admission(permit.endpoint()), reply, nanos, leaveAlone(reply), tellsNothing);
        Optional<EndpointState> settled = parts.settler().settle(settlement);
        if (tellsNothing) {
            parts.settler().abandon(permit);
        } else if (settled.isPresent()) {
            Optional<FailureClass> failure =
                    reply instanceof ProviderReply.Failure failed ? Optional.of(failed.failure()) : Optional.empty();
            parts.settler().judge(permit, settled.get(), failure, ticket.key().version());
        }
    }

    /** How long an endpoint that refused for its limits is left alone: as it says, or for 1 to 5 s. */
    private OptionalLong leaveAlone(ProviderReply reply) {
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
                new DispatchResult.Answered(endpoint.name(), attempts, answer.body());
            case ProviderReply.Failure failure ->
                new DispatchResult.PassedOn(endpoint.name(), attempts, failure.status(), failure.passOn());
        };
    }
}
