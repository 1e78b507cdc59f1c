package ailb.dispatch.fallback;

import ailb.admission.Observation;
import ailb.pool.Endpoint;
import ailb.state.EndpointState;
import ailb.state.InMemoryStateStore;
import ailb.state.StateStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the state that requests are served with: the shared one or, while its store is down, this instance's own with
 * a share of each limit (ADR 7). The same rules work on both. The own items end with the outage. What they counted is
 * not added to the shared totals.
 */
public final class StateFallback {

    private final DispatchContext shared;
    private final StoreWatch watch;
    private final LocalAdmissions own;
    private final BiFunction<StateStore, ToDoubleFunction<Endpoint>, DispatchContext> alone;
    private final AtomicReference<@Nullable Local> local = new AtomicReference<>();

    /** @param alone makes a context with a store of this instance's own and these shares of the limits */
    public StateFallback(
            DispatchContext shared,
            StoreWatch watch,
            LocalAdmissions own,
            BiFunction<StateStore, ToDoubleFunction<Endpoint>, DispatchContext> alone) {
        this.shared = shared;
        this.watch = watch;
        this.own = own;
        this.alone = alone;
    }

    private record Local(long outage, InMemoryStateStore items, DispatchContext context) {}

    /**
     * The context to serve requests with now. While the store is down, one caller a second tries it and waits; all
     * others go on at once.
     */
    public DispatchContext current() {
        watch.tryAgain();
        return switch (watch.standing()) {
            case StoreWatch.Answering _ -> shared;
            case StoreWatch.Down down -> during(down.outage());
        };
    }

    /** The context with the shared state, whether its store answers or not. */
    public DispatchContext shared() {
        return shared;
    }

    /** Whether the shared store is down. One caller a second tries it and waits. */
    public boolean isStoreDown() {
        watch.tryAgain();
        return watch.standing() instanceof StoreWatch.Down;
    }

    public OptionalLong storeDownSince() {
        return switch (watch.standing()) {
            case StoreWatch.Answering _ -> OptionalLong.empty();
            case StoreWatch.Down down -> OptionalLong.of(down.since());
        };
    }

    /** Makes one context for each outage: all requests must share its items. */
    private DispatchContext during(long outage) {
        Local known = local.get();
        if (known != null && known.outage() >= outage) {
            return known.context();
        }
        InMemoryStateStore before = known == null ? new InMemoryStateStore() : known.items();
        Local made = alone(outage, before);
        return local.compareAndSet(known, made) ? made.context() : during(outage);
    }

    private Local alone(long outage, InMemoryStateStore before) {
        long now = shared.time().now();
        double unknown = shared.pool().settings().routing().localShare();
        Map<String, Double> shares = new HashMap<>();
        Map<String, EndpointState> beginning = new HashMap<>();
        for (Endpoint endpoint : shared.pool().endpoints()) {
            Observation fleet = shared.view().observe(endpoint);
            double share = LocalShare.of(own.of(endpoint.name()), fleet, now, unknown);
            shares.put(endpoint.name(), share);
            EndpointState last = before.state(endpoint.name());
            beginning.put(endpoint.name(), LocalShare.beginning(fleet.state(), last, share));
        }
        InMemoryStateStore items = new InMemoryStateStore(beginning);
        DispatchContext context =
                alone.apply(items, endpoint -> Objects.requireNonNull(shares.get(endpoint.name())));
        return new Local(outage, items, context);
    }
}
