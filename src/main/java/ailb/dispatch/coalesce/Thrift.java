package ailb.dispatch.coalesce;

import ailb.admission.Demand;
import ailb.dispatch.permit.Gate;
import ailb.dispatch.permit.Permit;
import ailb.dispatch.permit.PoolView;
import ailb.dispatch.permit.Priority;
import ailb.dispatch.permit.Reports;
import ailb.dispatch.permit.Settlement;
import ailb.dispatch.permit.Settler;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.port.ApiKeys;
import ailb.port.DispatchEvent;
import ailb.port.DispatchListener;
import ailb.port.TimeSource;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import ailb.stats.Window;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Saves writes where an endpoint's item gets too many, see {@link WriteModes}. What this instance knows by itself then is
 * little and young: answers not reported yet, and permits not used yet, both for seconds at most while it runs.
 */
public final class Thrift implements Reports {

    /** Permits of one write. */
    static final int LARGEST_LEASE = 10;

    /** Answers wait for another write, and permits for a call, for so long at most. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    /** By this chance a call has its endpoint drawn anew; the others follow the one before, and take its report along. */
    private static final double MOVES = 0.05;

    /** Of the calls that are to be expected while permits last, so many are provided for: hardly a permit is left over. */
    private static final double PROVIDED = 0.75;

    private final WriteModes.Rule modes;
    private final OwnCalls own;
    private final PoolView view;
    private final TimeSource time;
    private final DispatchListener listener;
    private final DeferredReports reports;
    private final HeldPermits permits;
    @Nullable private volatile Long mark;

    public Thrift(
            WriteModes.Rule modes,
            Settler settler,
            PoolView view,
            TimeSource time,
            DispatchListener listener) {
        this.modes = modes;
        this.own = new OwnCalls(time, LONGEST_WAIT);
        this.view = view;
        this.time = time;
        this.listener = listener;
        this.reports = new DeferredReports(settler, time, this::isBusy, LONGEST_WAIT);
        this.permits = new HeldPermits(time);
    }

    private boolean isBusy(Endpoint endpoint) {
        return mode(endpoint) != WriteModes.Mode.PLAIN;
    }

    private WriteModes.Mode mode(Endpoint endpoint) {
        return modes.of(endpoint, view.observe(endpoint));
    }

    @Override
    public void report(Settlement settlement, Optional<FailureClass> failure, ApiKeys.ApiKey key) {
        reports.report(settlement, failure, key);
        reports.flushDue(settlement.deadline());
    }

    /**
     * What a choice among these is drawn by. The same number again means the same endpoint while the weights are as they
     * were, and no other share of the calls: those of all instances are spread as they would be by new ones.
     */
    public RandomGenerator draw(Collection<Endpoint> endpoints, RandomGenerator random) {
        if (endpoints.stream().noneMatch(this::isBusy)) {
            return random;
        }
        Long known = mark;
        long drawn = known == null || random.nextDouble() < MOVES ? random.nextLong() : known;
        mark = drawn;
        return () -> drawn;
    }

    /** Whether the call needs no write to be admitted. */
    public boolean isPermitHeld(Endpoint endpoint, Demand demand, Breaker.Access access) {
        return access == Breaker.Access.CLOSED && permits.has(endpoint, demand, view.state(endpoint));
    }

    /**
     * Has one call admitted: by a permit that is held, or by a write that takes along what waits to be written.
     *
     * @param order for this call alone
     */
    public Gate.Entry admit(Gate gate, Gate.Order order) {
        Endpoint endpoint = order.endpoint();
        Demand demand = order.demands().getFirst();
        if (order.access() != Breaker.Access.CLOSED) {
            return gate.admit(order);
        }
        EndpointState known = view.state(endpoint);
        double usual = own.count(endpoint.name());
        Optional<Permit> held = permits.take(endpoint, demand, known);
        if (held.isPresent()) {
            listener.on(new DispatchEvent.Admitted(endpoint.name(), 0));
            return new Gate.Granted(List.of(held.get()), held.get().slot());
        }
        try (DeferredReports.Riders riders = reports.riders(endpoint, known)) {
            Gate.Entry result = gate.admit(withFurther(order, gate, usual), 1, riders);
            if (result instanceof Gate.Granted(List<Permit> granted, long until) && granted.size() > 1) {
                permits.keep(granted.subList(1, granted.size()), until);
            }
            return result;
        }
    }

    /**
     * The order with permits to be held for the calls that are to be expected, where the item is leased from.
     *
     * @param calls of this instance in {@link #LONGEST_WAIT}
     */
    private Gate.Order withFurther(Gate.Order order, Gate gate, double calls) {
        Endpoint endpoint = order.endpoint();
        Demand demand = order.demands().getFirst();
        if (mode(endpoint) != WriteModes.Mode.LEASED || demand.retry()) {
            return order;
        }
        long now = time.now();
        long holdable = gate.admission(endpoint, Priority.INTERACTIVE).holdable(now);
        long held = Math.min(LONGEST_WAIT.toNanos(), holdable);
        double expected = calls * held / LONGEST_WAIT.toNanos();
        int further = (int) Math.clamp(PROVIDED * expected, 0, LARGEST_LEASE - 1.0);
        return further == 0 ? order : order.with(Collections.nCopies(further, mean(view.state(endpoint), now)), held);
    }

    /** What the fleet's calls take on the mean. */
    private static Demand mean(EndpointState known, long now) {
        Window window = Window.of(known, now);
        double calls = Math.max(1, window.sum(WindowSlot::admitted));
        return new Demand(
                Math.round(window.sum(WindowSlot::admittedInput) / calls),
                Math.round(window.sum(WindowSlot::admittedOutput) / calls));
    }
}
