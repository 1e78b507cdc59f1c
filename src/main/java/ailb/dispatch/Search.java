package ailb.dispatch;

import ailb.admission.Demand;
import ailb.admission.Room;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.pool.LimitKind;
import ailb.pool.Provider;
import ailb.protocol.ChatRequest;
import ailb.protocol.WireProtocol;
import ailb.selection.Candidate;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import ailb.stats.Latency;
import ailb.stats.Window;
import java.time.Duration;
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
import java.util.Set;
import java.util.stream.Collectors;

/** Finds an endpoint for one request and has it admitted there; remembers why others would not do. */
final class Search {

    /** After this many writes without an answer the request asks the store no more. */
    private static final int STORE_PATIENCE = 2;

    /** How often a request that lost its place to quicker ones looks again, and for how long at most it pauses. */
    private static final int MOST_RACES = 5;

    private static final long RACE_PAUSE = Duration.ofMillis(50).toNanos();

    private static final long FIRST_PAUSE = Duration.ofMillis(200).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofSeconds(2).toNanos();

    private final Dispatcher.Parts parts;
    private final ChatRequest request;
    private final Budget budget;
    private final List<Endpoint> serving;
    private final Spending spending;
    private final Set<String> tried = new HashSet<>();
    private final Set<String> overloaded = new HashSet<>();
    private final Map<String, Obstacle> obstacles = new LinkedHashMap<>();
    private final Set<String> throttled = new HashSet<>();
    private final Map<String, ApiKeys.Lookup> lookups = new HashMap<>();
    private boolean pauseDue;
    private int pauses;
    private int storeFailures;

    Search(Dispatcher.Parts parts, ChatRequest request, Budget budget) {
        this.parts = parts;
        this.request = request;
        this.budget = budget;
        this.serving = parts.pool().serving(request.model());
        this.spending = new Spending(parts, request);
        Map<Provider, Optional<String>> unsupported = new EnumMap<>(Provider.class);
        for (Endpoint endpoint : serving) {
            unsupported
                    .computeIfAbsent(endpoint.provider(),
                            provider -> WireProtocol.of(provider).unsupportedField(request))
                    .ifPresent(field -> obstacles.put(endpoint.name(), new Obstacle.UnsupportedField(field)));
        }
    }

    /** A permit, and the key to use it with. */
    record Ticket(Permit permit, ApiKeys.ApiKey key) {}

    String model() {
        return request.model();
    }

    List<Endpoint> serving() {
        return serving;
    }

    /** Those that nothing stands in the way of, and that the day's budget leaves. */
    List<Endpoint> usable() {
        return spending.affordable(serving.stream()
                .filter(endpoint -> !obstacles.containsKey(endpoint.name()))
                .toList());
    }

    boolean budgetRefuses() {
        return spending.refuses();
    }

    Map<String, Obstacle> obstacles() {
        return obstacles;
    }

    boolean storeIsDown() {
        return storeFailures >= STORE_PATIENCE;
    }

    /** The same search by other parts; what has failed this request is known there too. */
    Search on(Dispatcher.Parts others) {
        Search search = new Search(others, request, budget);
        search.tried.addAll(tried);
        search.overloaded.addAll(overloaded);
        search.pauseDue = pauseDue;
        search.pauses = pauses;
        return search;
    }

    /** The endpoint has failed this request: others come first from now on, and it is left in peace for a moment. */
    void failedAt(Endpoint endpoint, FailureClass failure) {
        tried.add(endpoint.name());
        pauseDue = true;
        if (failure == FailureClass.OVERLOADED) {
            overloaded.add(provider(endpoint));
        }
    }

    /** Whose servers an endpoint's calls go to. */
    private static String provider(Endpoint endpoint) {
        return String.valueOf(endpoint.baseUrl().getAuthority());
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

    /** Forgets a key that has been replaced. */
    void renewed(Endpoint endpoint) {
        lookups.remove(endpoint.apiKey());
    }

    /** Finds room and takes it, and looks again a few times where others were quicker. */
    Optional<Ticket> find() throws InterruptedException {
        parts.view().refresh();
        throttled.clear();
        for (int races = 0; races <= MOST_RACES; races++) {
            Optional<Ticket> ticket = findOnce();
            if (ticket.isPresent() || !isWorthAnotherLook()) {
                return ticket;
            }
            parts.time().sleep((long) (parts.random().nextDouble() * RACE_PAUSE));
        }
        return Optional.empty();
    }

    /** Whether there is still room, and so soon that it was only others who were quicker. */
    private boolean isWorthAnotherLook() {
        if (storeIsDown() || spending.refuses() || !throttled.isEmpty()) {
            return false;
        }
        Shortlist shortlist = shortlist(Set.of());
        return shortlist
                .soonest()
                .filter(entry -> entry.room() <= shortlist.now() + entry.maxWait() / 2)
                .isPresent();
    }

    /** At an endpoint that has room now, or else one try at the one that has some soonest. */
    private Optional<Ticket> findOnce() throws InterruptedException {
        Set<String> refused = new HashSet<>();
        while (!storeIsDown() && !spending.refuses()) {
            Shortlist shortlist = shortlist(refused);
            List<Shortlist.Entry> ready = shortlist.ready();
            Optional<Shortlist.Entry> choice = ready.isEmpty() ? shortlist.soonest() : Optional.of(choose(ready));
            if (choice.isEmpty()) {
                return Optional.empty();
            }
            int failuresBefore = storeFailures;
            Shortlist.Entry entry = choice.get();
            String name = entry.endpoint().name();
            pauseBefore(entry);
            long maxWait = ready.isEmpty() ? entry.maxWait() : Math.min(Shortlist.SOON, entry.maxWait());
            Optional<Ticket> ticket = enter(entry, maxWait);
            if (storeFailures > failuresBefore) {
                continue; // the endpoint has refused nothing
            }
            boolean lastResort = ready.isEmpty() && !obstacles.containsKey(name);
            if (ticket.isPresent() || lastResort) {
                return ticket;
            }
            refused.add(name);
        }
        return Optional.empty();
    }

    /** Full jitter, growing with the endpoints that failed, before one of them is asked again. */
    private void pauseBefore(Shortlist.Entry entry) throws InterruptedException {
        if (!entry.tried() || !pauseDue) {
            return;
        }
        pauseDue = false;
        long bound = Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(pauses++, 8));
        parts.time().sleep(Math.min((long) (parts.random().nextDouble() * bound), entry.maxWait()));
    }

    /** A probe that is due goes before the weighted choice: it is what brings an endpoint back. */
    private Shortlist.Entry choose(List<Shortlist.Entry> ready) {
        for (Shortlist.Entry entry : ready) {
            if (entry.access() != Breaker.Access.CLOSED) {
                return entry;
            }
        }
        List<Candidate> candidates = ready.stream()
                .map(entry -> new Candidate(entry.endpoint(), parts.view().state(entry.endpoint())))
                .toList();
        Candidate chosen = parts.selection()
                .choose(
                        candidates, spending.rule(serving), parts.time().now(), parts.random());
        return ready.get(candidates.indexOf(chosen));
    }

    private Optional<Ticket> enter(Shortlist.Entry entry, long maxWait) {
        Endpoint endpoint = entry.endpoint();
        return switch (lookup(endpoint)) {
            case ApiKeys.ApiKey key -> admit(entry, maxWait).map(permit -> new Ticket(permit, key));
            case ApiKeys.Missing(String remedy) -> {
                obstacles.put(endpoint.name(), new Obstacle.KeyMissing(remedy));
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

    private Optional<Permit> admit(Shortlist.Entry entry, long maxWait) {
        Duration lease = budget.lease(parts.view().state(entry.endpoint()), entry.demand());
        return switch (parts.gate().admit(entry.endpoint(), entry.demand(), entry.access(), maxWait, lease)) {
            case Gate.Granted(Permit permit) -> Optional.of(permit);
            case Gate.Refused() -> Optional.empty();
            case Gate.Throttled() -> {
                throttled.add(entry.endpoint().name());
                yield Optional.empty();
            }
            case Gate.Unknown() -> {
                storeFailures++;
                yield Optional.empty();
            }
        };
    }

    private Shortlist shortlist(Set<String> refused) {
        List<Shortlist.Entry> entries = new ArrayList<>();
        for (Endpoint endpoint : serving) {
            if (!obstacles.containsKey(endpoint.name()) && !throttled.contains(endpoint.name())) {
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
        List<Shortlist.Entry> open = anyInService ? onTime(entries) : soonestDue(entries);
        return new Shortlist(withoutOverloaded(open), parts.time().now());
    }

    private static List<Shortlist.Entry> onTime(List<Shortlist.Entry> entries) {
        return entries.stream()
                .filter(entry -> entry.access() != Breaker.Access.EARLY_PROBE)
                .toList();
    }

    /** With no endpoint closed, the one that is out for the least time yet may be tried early. */
    private List<Shortlist.Entry> soonestDue(List<Shortlist.Entry> entries) {
        List<Shortlist.Entry> onTime = onTime(entries);
        return onTime.isEmpty()
                ? entries.stream()
                        .min(Comparator
                                .comparingLong(entry -> parts.view().state(entry.endpoint()).get(Attribute.OPEN_UNTIL)))
                        .stream()
                        .toList()
                : onTime;
    }

    private Optional<Shortlist.Entry> entry(Endpoint endpoint) {
        EndpointState state = parts.view().state(endpoint);
        Breaker.Access access = Breaker.access(state, parts.time().now(), isKeyReplaced(endpoint, state));
        Demand usual = demand(endpoint, state);
        Demand demand = tried.isEmpty() ? usual : usual.asRetry();
        long maxWait = Math.min(
                budget.spare(state, demand),
                parts.pool().settings().routing().maxWait().toNanos());
        return switch (parts.gate().room(endpoint, demand)) {
            case Room.Never(LimitKind limit) -> {
                obstacles.put(endpoint.name(), new Obstacle.TooLarge(limit));
                yield Optional.empty();
            }
            case Room.From(long moment) ->
                access == Breaker.Access.OUT
                        ? Optional.empty()
                        : Optional.of(new Shortlist.Entry(
                                endpoint, demand, access, moment, maxWait, tried.contains(endpoint.name())));
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
    Demand demand(Endpoint endpoint, EndpointState state) {
        Window window = Window.of(state, parts.time().now());
        double answers = window.sum(WindowSlot::successes);
        OptionalDouble mean = answers < Latency.ENOUGH
                ? OptionalDouble.empty()
                : OptionalDouble.of(window.sum(WindowSlot::outputTokens) / answers);
        return Demand.estimate(
                endpoint.limits().tokenAccounting(), request.promptCharacters(), request.maxTokens(), mean);
    }
}
