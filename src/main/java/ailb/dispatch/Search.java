package ailb.dispatch;

import ailb.admission.Demand;
import ailb.admission.Room;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.LimitKind;
import ailb.pool.Provider;
import ailb.protocol.ChatRequest;
import ailb.protocol.WireProtocol;
import ailb.selection.Candidate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import ailb.stats.Latency;
import ailb.stats.Window;
import java.util.ArrayList;
import java.util.EnumMap;
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

    /** After this many writes without an answer the store is taken to be down. */
    private static final int STORE_PATIENCE = 2;

    private final Dispatcher.Parts parts;
    private final ChatRequest request;
    private final Budget budget;
    private final List<Endpoint> serving;
    private final Spending spending;
    private final Set<String> tried = new HashSet<>();
    private final Map<String, Obstacle> obstacles = new LinkedHashMap<>();
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

    /** The endpoint has failed this request: others come first from now on. */
    void failedAt(Endpoint endpoint) {
        tried.add(endpoint.name());
    }

    /** Whether the next to take this request would be an endpoint that has failed it. */
    boolean comesToFailedOnes() {
        return shortlist(Set.of()).soonest().map(Shortlist.Entry::tried).orElse(false);
    }

    /** Finds room and takes it: at an endpoint that has some now, or else at the one that has some soonest. */
    Optional<Ticket> find() {
        parts.view().refresh();
        Set<String> refused = new HashSet<>();
        while (!storeIsDown() && !spending.refuses()) {
            Shortlist shortlist = shortlist(refused);
            List<Shortlist.Entry> ready = shortlist.ready();
            Optional<Shortlist.Entry> choice = ready.isEmpty() ? shortlist.soonest() : Optional.of(choose(ready));
            if (choice.isEmpty()) {
                return Optional.empty();
            }
            Shortlist.Entry entry = choice.get();
            long maxWait = ready.isEmpty() ? entry.maxWait() : Math.min(Shortlist.SOON, entry.maxWait());
            Optional<Ticket> ticket = enter(entry, maxWait);
            boolean lastResort = ready.isEmpty() && !obstacles.containsKey(entry.endpoint().name());
            if (ticket.isPresent() || lastResort) {
                return ticket;
            }
            refused.add(entry.endpoint().name());
        }
        return Optional.empty();
    }

    private Shortlist.Entry choose(List<Shortlist.Entry> ready) {
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
        return switch (parts.keys().get(endpoint.apiKey())) {
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

    private Optional<Permit> admit(Shortlist.Entry entry, long maxWait) {
        return switch (parts.gate().admit(entry.endpoint(), entry.demand(), maxWait)) {
            case Gate.Granted(Permit permit) -> Optional.of(permit);
            case Gate.Refused() -> Optional.empty();
            case Gate.Unknown() -> {
                storeFailures++;
                yield Optional.empty();
            }
        };
    }

    private Shortlist shortlist(Set<String> refused) {
        List<Shortlist.Entry> entries = new ArrayList<>();
        for (Endpoint endpoint : serving) {
            if (!refused.contains(endpoint.name()) && !obstacles.containsKey(endpoint.name())) {
                entry(endpoint).ifPresent(entries::add);
            }
        }
        // Only now: what has turned out unable to take the request is not the cheapest that can.
        Set<String> usable = usable().stream().map(Endpoint::name).collect(Collectors.toSet());
        entries.removeIf(entry -> !usable.contains(entry.endpoint().name()));
        return new Shortlist(entries, parts.time().now());
    }

    private Optional<Shortlist.Entry> entry(Endpoint endpoint) {
        parts.settler().makeDueMove(endpoint);
        EndpointState state = parts.view().state(endpoint);
        Demand demand = demand(endpoint, state);
        long maxWait = Math.min(
                budget.spare(state, demand),
                parts.pool().settings().routing().maxWait().toNanos());
        return switch (parts.gate().room(endpoint, demand)) {
            case Room.Never(LimitKind limit) -> {
                obstacles.put(endpoint.name(), new Obstacle.TooLarge(limit));
                yield Optional.empty();
            }
            case Room.From(long moment) ->
                maxWait < 0 || !Breaker.isClosed(state)
                        ? Optional.empty()
                        : Optional.of(
                                new Shortlist.Entry(endpoint, demand, moment, maxWait,
                                        tried.contains(endpoint.name())));
        };
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
