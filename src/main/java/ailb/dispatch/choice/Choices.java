package ailb.dispatch.choice;

import ailb.admission.Demand;
import ailb.admission.Room;
import ailb.dispatch.fallback.Parts;
import ailb.dispatch.permit.Priority;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.pool.LimitKind;
import ailb.pool.Provider;
import ailb.port.ApiKeys;
import ailb.port.DispatchEvent;
import ailb.protocol.ModelRequest;
import ailb.selection.Candidate;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import ailb.stats.Latency;
import ailb.stats.Window;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** The endpoints that one request may be sent to: what stands in the way of each, who has room, and whom to take. */
public final class Choices {

    private final Parts parts;
    private final ModelRequest request;
    private final Budget budget;
    private final Priority priority;
    private final List<Endpoint> serving;
    private final Spending spending;
    private final Set<String> tried = new HashSet<>();
    private final Set<String> overloaded = new HashSet<>();
    private final Map<String, Obstacle> obstacles = new LinkedHashMap<>();
    private final Set<String> throttled = new HashSet<>();
    private final Map<String, ApiKeys.Lookup> lookups = new HashMap<>();

    public Choices(Parts parts, ModelRequest request, Budget budget, Priority priority) {
        this.parts = parts;
        this.request = request;
        this.budget = budget;
        this.priority = priority;
        this.serving = parts.pool().serving(request.model());
        this.spending = new Spending(parts, request);
        Map<Provider, Optional<String>> unsupported = new EnumMap<>(Provider.class);
        for (Endpoint endpoint : serving) {
            if (!endpoint.operations().contains(request.kind().operation())) {
                obstacles.put(endpoint.name(), new Obstacle.UnsupportedOperation(request.kind().path()));
                continue;
            }
            unsupported
                    .computeIfAbsent(endpoint.provider(),
                            request::unsupportedAt)
                    .<Obstacle>map(Obstacle.UnsupportedField::new)
                    .or(() -> request.refusedAt(endpoint).map(Obstacle.RefusedField::new))
                    .ifPresent(obstacle -> obstacles.put(endpoint.name(), obstacle));
        }
    }

    /** The same by other parts; what has failed this request is known there too. */
    public Choices on(Parts others) {
        Choices choices = new Choices(others, request, budget, priority);
        choices.tried.addAll(tried);
        choices.overloaded.addAll(overloaded);
        return choices;
    }

    public String model() {
        return request.model();
    }

    /** The caller's own bound on the answer. */
    public OptionalLong maxTokens() {
        return request.maxTokens();
    }

    public Priority priority() {
        return priority;
    }

    public List<Endpoint> serving() {
        return serving;
    }

    /** Those that nothing stands in the way of, and that the day's budget leaves. */
    public List<Endpoint> usable() {
        return spending.affordable(serving.stream()
                .filter(endpoint -> !obstacles.containsKey(endpoint.name()))
                .toList());
    }

    public boolean budgetRefuses() {
        return spending.refuses();
    }

    public Map<String, Obstacle> obstacles() {
        return obstacles;
    }

    public boolean isObstructed(Endpoint endpoint) {
        return obstacles.containsKey(endpoint.name());
    }

    /** Whether a call of this request could go there along with another one's: it serves it, and has not failed it. */
    public boolean mayJoin(Endpoint endpoint) {
        return serving.contains(endpoint) && !isObstructed(endpoint) && !tried.contains(endpoint.name());
    }

    /** The endpoints {@link #mayJoin} holds for, by name. */
    public Set<String> untried() {
        return serving.stream().filter(this::mayJoin).map(Endpoint::name).collect(Collectors.toSet());
    }

    /** The endpoint has failed this request: others come first from now on. */
    public void failedAt(Endpoint endpoint, FailureClass failure) {
        tried.add(endpoint.name());
        if (failure == FailureClass.OVERLOADED) {
            overloaded.add(provider(endpoint));
        }
    }

    /** Its item is written to too often: it is not asked again until {@link #forgetThrottling}. */
    public void throttled(Endpoint endpoint) {
        throttled.add(endpoint.name());
    }

    public boolean isAnyThrottled() {
        return !throttled.isEmpty();
    }

    public void forgetThrottling() {
        throttled.clear();
    }

    /** Forgets a key that has been replaced. */
    public void renewed(Endpoint endpoint) {
        lookups.remove(endpoint.apiKey());
    }

    /** The key to call it with; where there is none, that is what stands in its way from now on. */
    public Optional<ApiKeys.ApiKey> key(Endpoint endpoint) {
        return switch (lookup(endpoint)) {
            case ApiKeys.ApiKey key -> Optional.of(key);
            case ApiKeys.Missing(String remedy) -> {
                obstacles.put(endpoint.name(), new Obstacle.KeyMissing(endpoint.name()));
                parts.listener().on(new DispatchEvent.KeyMissing(endpoint.name(), remedy));
                yield Optional.empty();
            }
            case ApiKeys.Unavailable(String cause) -> {
                obstacles.put(endpoint.name(), new Obstacle.KeysUnavailable());
                parts.listener().on(new DispatchEvent.StoreTrouble(endpoint.name(), cause));
                yield Optional.empty();
            }
        };
    }

    /** One look a request: several endpoints may share a key, and a store of keys that is down answers slowly. */
    private ApiKeys.Lookup lookup(Endpoint endpoint) {
        return lookups.computeIfAbsent(endpoint.apiKey(), parts.keys()::get);
    }

    /**
     * A probe that is due goes before the weighted choice: it is what brings an endpoint back. So does a permit that is
     * held: the choice was made when it was taken.
     */
    public Shortlist.Entry choose(List<Shortlist.Entry> ready) {
        boolean interactive = priority == Priority.INTERACTIVE;
        Optional<Shortlist.Entry> first = ready.stream()
                .filter(entry -> entry.access() != Breaker.Access.CLOSED)
                .findFirst()
                .or(() -> ready.stream()
                        .filter(entry -> interactive
                                && parts.thrift().isPermitHeld(entry.endpoint(), entry.demand(), entry.access()))
                        .findFirst());
        if (first.isPresent()) {
            return first.get();
        }
        List<Candidate> candidates = ready.stream()
                .map(entry -> new Candidate(entry.endpoint(), parts.view().state(entry.endpoint())))
                .toList();
        RandomGenerator random = interactive
                ? parts.thrift().draw(candidates.stream().map(Candidate::endpoint).toList(), parts.random())
                : parts.random();
        Candidate chosen = parts.selection()
                .choose(candidates, spending.rule(serving), parts.time().now(), random);
        return ready.get(candidates.indexOf(chosen));
    }

    /** @param refused the endpoints that have just refused the call */
    public Shortlist shortlist(Set<String> refused) {
        List<Shortlist.Entry> entries = new ArrayList<>();
        for (Endpoint endpoint : serving) {
            if (!isObstructed(endpoint) && !throttled.contains(endpoint.name())) {
                entry(endpoint).ifPresent(entries::add);
            }
        }
        // One that has refused and still seems to have room is not to be had; one that is seen to be full can be
        // waited for.
        entries.removeIf(entry -> refused.contains(entry.endpoint().name())
                && entry.room() <= parts.time().now() + Shortlist.SOON);
        // Only now: what has turned out unable to take the request is not the cheapest that can.
        List<Endpoint> usable = usable();
        Set<String> names = usable.stream().map(Endpoint::name).collect(Collectors.toSet());
        entries.removeIf(entry -> !names.contains(entry.endpoint().name()));
        boolean anyInService = usable.stream().anyMatch(endpoint -> Breaker.isClosed(parts.view().state(endpoint)));
        List<Shortlist.Entry> open = anyInService || priority == Priority.BATCH ? onTime(entries) : soonestDue(entries);
        return new Shortlist(withoutOverloaded(open), parts.time().now());
    }

    private static List<Shortlist.Entry> onTime(List<Shortlist.Entry> entries) {
        return entries.stream()
                .filter(entry -> entry.access() != Breaker.Access.EARLY_PROBE)
                .toList();
    }

    /** With no endpoint closed, the one that is out for the least time yet may be tried early: of those with room. */
    private List<Shortlist.Entry> soonestDue(List<Shortlist.Entry> entries) {
        long now = parts.time().now();
        List<Shortlist.Entry> withRoom =
                entries.stream().filter(entry -> entry.room() <= now + entry.maxWait()).toList();
        List<Shortlist.Entry> onTime = onTime(withRoom);
        return onTime.isEmpty()
                ? withRoom.stream()
                        .min(Comparator
                                .comparingLong(entry -> parts.view().state(entry.endpoint()).get(Attribute.OPEN_UNTIL)))
                        .stream()
                        .toList()
                : onTime;
    }

    /** A provider that is overloaded is so for all its keys: other providers come first, if they have room in time. */
    private List<Shortlist.Entry> withoutOverloaded(List<Shortlist.Entry> entries) {
        long now = parts.time().now();
        List<Shortlist.Entry> others = entries.stream()
                .filter(entry -> !overloaded.contains(provider(entry.endpoint())))
                .toList();
        return others.stream().anyMatch(entry -> !entry.tried() && entry.room() <= now + entry.maxWait())
                ? others
                : entries;
    }

    /** Whose servers an endpoint's calls go to. */
    private static String provider(Endpoint endpoint) {
        return String.valueOf(endpoint.baseUrl().getAuthority());
    }

    private Optional<Shortlist.Entry> entry(Endpoint endpoint) {
        EndpointState state = parts.view().state(endpoint);
        Breaker.Access access = Breaker.access(state, parts.time().now(), isKeyReplaced(endpoint, state));
        Demand demand = demand(endpoint);
        long maxWait = Math.min(budget.spare(state, demand), longestWait());
        return switch (parts.gate().room(endpoint, demand, priority)) {
            case Room.Never(LimitKind limit, long needed, long allowed) -> {
                obstacles.put(endpoint.name(), new Obstacle.TooLarge(limit, needed, allowed));
                yield Optional.empty();
            }
            case Room.From(long moment) ->
                access == Breaker.Access.OUT
                        ? Optional.empty()
                        : Optional.of(new Shortlist.Entry(
                                endpoint, demand, access, moment, maxWait, tried.contains(endpoint.name())));
        };
    }

    private long longestWait() {
        return switch (priority) {
            case INTERACTIVE -> parts.pool().settings().routing().maxWait().toNanos();
            case BATCH -> parts.pool().settings().batches().ahead().toNanos();
        };
    }

    /** Whether the endpoint is out for a key, and another one is known by now: then there is no need to wait. */
    private boolean isKeyReplaced(Endpoint endpoint, EndpointState state) {
        return Breaker.opening(state)
                .filter(opening -> opening.reason() == FailureClass.CREDENTIAL)
                .isPresent()
                && lookup(endpoint) instanceof ApiKeys.ApiKey key
                && Breaker.isOutForAnotherKey(state, key.version());
    }

    /** What the request is expected to take of an endpoint. */
    public Demand demand(Endpoint endpoint) {
        Demand usual = usualDemand(endpoint);
        return tried.isEmpty() ? usual : usual.asRetry();
    }

    /** The same where it has not failed anywhere. */
    public Demand usualDemand(Endpoint endpoint) {
        Window window = Window.of(parts.view().state(endpoint), parts.time().now());
        double answers = window.sum(WindowSlot::successes);
        OptionalDouble mean = answers < Latency.ENOUGH
                ? OptionalDouble.empty()
                : OptionalDouble.of(window.sum(WindowSlot::outputTokens) / answers);
        return uncached(endpoint, Demand.estimate(
                endpoint.limits().tokenAccounting(), request.promptCharacters(), request.maxTokens(), request.answers(),
                mean));
    }

    /** What Anthropic reads from its cache does not count against its limit, so the limit says nothing of its length. */
    private Demand uncached(Endpoint endpoint, Demand whole) {
        OptionalLong most = endpoint.limits().of(LimitKind.INPUT_TOKENS_PER_MINUTE);
        boolean fits = most.isEmpty() || whole.inputTokens() <= most.getAsLong();
        return fits || endpoint.provider() != Provider.ANTHROPIC || !request.isCached()
                ? whole
                : new Demand(most.getAsLong(), whole.outputTokens());
    }
}
