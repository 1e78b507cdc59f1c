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

/**
 * The endpoints that one request may be sent to: which of them cannot take it and why, which have room, and which one
 * to choose.
 */
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

    /** The endpoints that can take the request, and that the day's budget allows. */
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

    /**
     * Whether one write may admit a call of this request together with another's: the endpoint serves the request, and
     * has not failed it.
     */
    public boolean mayJoin(Endpoint endpoint) {
        return serving.contains(endpoint) && !isIneligible(endpoint) && !tried.contains(endpoint.name());
    }

    /** The names of the endpoints that {@link #mayJoin} is true for. */
    public Set<String> untried() {
        return serving.stream().filter(this::mayJoin).map(Endpoint::name).collect(Collectors.toSet());
    }

    /** Notes that the endpoint has failed this request. From now on others come first. */
    public void failedAt(Endpoint endpoint, FailureClass failure) {
        tried.add(endpoint.name());
        if (failure == FailureClass.OVERLOADED) {
            overloaded.add(provider(endpoint));
        }
    }

    /** Notes that the endpoint's item gets too many writes. It is left out until {@link #forgetThrottling}. */
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

    /** The key to call the endpoint with. Without a key the endpoint is ineligible from now on. */
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

    /** One lookup for each request: several endpoints may share a key, and a key store that is down answers slowly. */
    private ApiKeys.Lookup lookup(Endpoint endpoint) {
        return lookups.computeIfAbsent(endpoint.apiKey(), context.keys()::get);
    }

    /**
     * Chooses by weight, with two exceptions. A probe that is due goes first: only a probe brings an endpoint back. So
     * does a permit that is held: the choice was made when it was leased.
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

    /** @param refused names of the endpoints that have just refused the call */
    public Shortlist shortlist(Set<String> refused) {
        List<EndpointOption> options = new ArrayList<>();
        for (Endpoint endpoint : serving) {
            if (!isIneligible(endpoint) && !throttled.contains(endpoint.name())) {
                option(endpoint).ifPresent(options::add);
            }
        }
        // An endpoint that refused and still seems to have room will refuse again. One that is seen to be full may
        // have room later.
        options.removeIf(option -> refused.contains(option.endpoint().name())
                && option.room() <= context.time().now() + Shortlist.SOON);
        // Only now is it known which endpoints can take the request, and so which of them is the cheapest.
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

    /** With every breaker open, the endpoint whose time ends first may be tried early, if it has room. */
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

    /** An overloaded provider is overloaded for all its keys. Other providers come first, if they have room in time. */
    private List<EndpointOption> withoutOverloaded(List<EndpointOption> options) {
        long now = context.time().now();
        List<EndpointOption> others = options.stream()
                .filter(option -> !overloaded.contains(provider(option.endpoint())))
                .toList();
        return others.stream().anyMatch(option -> !option.tried() && option.room() <= now + option.maxWait())
                ? others
                : options;
    }

    /** The servers an endpoint's calls go to, as a name for the provider. */
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

    /** Whether the endpoint is out for a refused key, and that key has been replaced: then there is no need to wait. */
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

    /** The same for a request that has not failed anywhere. */
    public Demand usualDemand(Endpoint endpoint) {
        return expected.at(endpoint);
    }
}
