package ailb.dispatch.choice;

import ailb.admission.Availability;
import ailb.admission.Demand;
import ailb.dispatch.fallback.DispatchContext;
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
import ailb.state.EndpointState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** The endpoints that one request may be sent to: what stands in the way of each, who has room, and whom to take. */
public final class EligibleEndpoints {

    private final DispatchContext context;
    private final ModelRequest request;
    private final TimeBudget budget;
    private final Priority priority;
    private final List<Endpoint> serving;
    private final Spending spending;
    private final ExpectedDemand expected;
    private final Set<String> tried = new HashSet<>();
    private final Set<String> overloaded = new HashSet<>();
    private final Map<String, Ineligibility> ineligible = new LinkedHashMap<>();
    private final Set<String> throttled = new HashSet<>();
    private final Map<String, ApiKeys.Lookup> lookups = new HashMap<>();

    public EligibleEndpoints(DispatchContext context, ModelRequest request, TimeBudget budget, Priority priority) {
        this.context = context;
        this.request = request;
        this.budget = budget;
        this.priority = priority;
        this.serving = context.pool().serving(request.model());
        this.spending = new Spending(context, request);
        this.expected = new ExpectedDemand(context, request);
        Map<Provider, Optional<String>> unsupported = new EnumMap<>(Provider.class);
        for (Endpoint endpoint : serving) {
            if (!endpoint.supports(request.kind().operation())) {
                ineligible.put(endpoint.name(), new Ineligibility.UnsupportedOperation(request.kind().path()));
                continue;
            }
            unsupported
                    .computeIfAbsent(endpoint.provider(),
                            request::unsupportedAt)
                    .<Ineligibility>map(Ineligibility.UnsupportedField::new)
                    .or(() -> request.refusedAt(endpoint).map(Ineligibility.RefusedField::new))
                    .ifPresent(ineligibility -> ineligible.put(endpoint.name(), ineligibility));
        }
    }

    /** The same in another context. It knows too what has failed this request. */
    public EligibleEndpoints on(DispatchContext others) {
        EligibleEndpoints eligible = new EligibleEndpoints(others, request, budget, priority);
        eligible.tried.addAll(tried);
        eligible.overloaded.addAll(overloaded);
        return eligible;
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
                .filter(endpoint -> !ineligible.containsKey(endpoint.name()))
                .toList());
    }

    public boolean budgetRefuses() {
        return spending.refuses();
    }

    public Map<String, Ineligibility> ineligible() {
        return ineligible;
    }

    public boolean isIneligible(Endpoint endpoint) {
        return ineligible.containsKey(endpoint.name());
    }

    /** Whether a call of this request could go there along with another one's: it serves it, and has not failed it. */
    public boolean mayJoin(Endpoint endpoint) {
        return serving.contains(endpoint) && !isIneligible(endpoint) && !tried.contains(endpoint.name());
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
                ineligible.put(endpoint.name(), new Ineligibility.KeyMissing(endpoint.name()));
                context.listener().on(new DispatchEvent.KeyMissing(endpoint.name(), remedy));
                yield Optional.empty();
            }
            case ApiKeys.Unavailable(String cause) -> {
                ineligible.put(endpoint.name(), new Ineligibility.KeysUnavailable());
                context.listener().on(new DispatchEvent.StoreTrouble(endpoint.name(), cause));
                yield Optional.empty();
            }
        };
    }

    /** One look a request: several endpoints may share a key, and a store of keys that is down answers slowly. */
    private ApiKeys.Lookup lookup(Endpoint endpoint) {
        return lookups.computeIfAbsent(endpoint.apiKey(), context.keys()::get);
    }

    /**
     * A probe that is due goes before the weighted choice: it is what brings an endpoint back. So does a permit that is
     * held: the choice was made when it was taken.
     */
    public EndpointOption choose(List<EndpointOption> ready) {
        boolean interactive = priority == Priority.INTERACTIVE;
        Optional<EndpointOption> first = ready.stream()
                .filter(option -> option.access() != Breaker.Access.NORMAL)
                .findFirst()
                .or(() -> ready.stream()
                        .filter(option -> interactive
                                && context.coalescer()
                                        .isPermitHeld(option.endpoint(), option.demand(), option.access()))
                        .findFirst());
        if (first.isPresent()) {
            return first.get();
        }
        List<Candidate> candidates = ready.stream()
                .map(option -> new Candidate(option.endpoint(), context.view().state(option.endpoint())))
                .toList();
        RandomGenerator random = interactive
                ? context.coalescer().draw(candidates.stream().map(Candidate::endpoint).toList(), context.random())
                : context.random();
        Candidate chosen = context.selection()
                .choose(candidates, spending.rule(serving), context.time().now(), random);
        return ready.get(candidates.indexOf(chosen));
    }

    /** @param refused the endpoints that have just refused the call */
    public Shortlist shortlist(Set<String> refused) {
        List<EndpointOption> options = new ArrayList<>();
        for (Endpoint endpoint : serving) {
            if (!isIneligible(endpoint) && !throttled.contains(endpoint.name())) {
                option(endpoint).ifPresent(options::add);
            }
        }
        // One that has refused and still seems to have room is not to be had; one that is seen to be full can be
        // waited for.
        options.removeIf(option -> refused.contains(option.endpoint().name())
                && option.room() <= context.time().now() + Shortlist.SOON);
        // Only now: what has turned out unable to take the request is not the cheapest that can.
        List<Endpoint> usable = usable();
        Set<String> names = usable.stream().map(Endpoint::name).collect(Collectors.toSet());
        options.removeIf(option -> !names.contains(option.endpoint().name()));
        boolean anyInService = usable.stream().anyMatch(endpoint -> Breaker.isClosed(context.view().state(endpoint)));
        List<EndpointOption> open = anyInService || priority == Priority.BATCH ? onTime(options) : soonestDue(options);
        return new Shortlist(withoutOverloaded(open), context.time().now());
    }

    private static List<EndpointOption> onTime(List<EndpointOption> options) {
        return options.stream()
                .filter(option -> option.access() != Breaker.Access.EARLY_PROBE)
                .toList();
    }

    /** With no endpoint closed, the one that is out for the least time yet may be tried early: of those with room. */
    private List<EndpointOption> soonestDue(List<EndpointOption> options) {
        long now = context.time().now();
        List<EndpointOption> withRoom =
                options.stream().filter(option -> option.room() <= now + option.maxWait()).toList();
        List<EndpointOption> onTime = onTime(withRoom);
        return onTime.isEmpty()
                ? withRoom.stream()
                        .min(Comparator
                                .comparingLong(option -> Breaker.openUntil(context.view().state(option.endpoint()))))
                        .stream()
                        .toList()
                : onTime;
    }

    /** A provider that is overloaded is so for all its keys: other providers come first, if they have room in time. */
    private List<EndpointOption> withoutOverloaded(List<EndpointOption> options) {
        long now = context.time().now();
        List<EndpointOption> others = options.stream()
                .filter(option -> !overloaded.contains(provider(option.endpoint())))
                .toList();
        return others.stream().anyMatch(option -> !option.tried() && option.room() <= now + option.maxWait())
                ? others
                : options;
    }

    /** Whose servers an endpoint's calls go to. */
    private static String provider(Endpoint endpoint) {
        return String.valueOf(endpoint.baseUrl().getAuthority());
    }

    private Optional<EndpointOption> option(Endpoint endpoint) {
        EndpointState state = context.view().state(endpoint);
        Breaker.Access access = Breaker.access(state, context.time().now(), isKeyReplaced(endpoint, state));
        Demand demand = demand(endpoint);
        long maxWait = Math.min(budget.spare(state, demand), longestWait());
        return switch (context.issuer().room(endpoint, demand, priority)) {
            case Availability.Never(LimitKind limit, long needed, long allowed) -> {
                ineligible.put(endpoint.name(), new Ineligibility.TooLarge(limit, needed, allowed));
                yield Optional.empty();
            }
            case Availability.From(long moment) ->
                access == Breaker.Access.DENIED
                        ? Optional.empty()
                        : Optional.of(new EndpointOption(
                                endpoint, demand, access, moment, maxWait, tried.contains(endpoint.name())));
        };
    }

    private long longestWait() {
        return switch (priority) {
            case INTERACTIVE -> context.pool().settings().routing().maxWait().toNanos();
            case BATCH -> context.pool().settings().batches().ahead().toNanos();
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
        return expected.at(endpoint);
    }
}
