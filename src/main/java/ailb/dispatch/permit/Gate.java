package ailb.dispatch.permit;

import ailb.admission.Admission;
import ailb.admission.Demand;
import ailb.admission.Observation;
import ailb.admission.Room;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.Pool;
import ailb.port.DispatchEvent;
import ailb.port.DispatchListener;
import ailb.port.TimeSource;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.Joined;
import ailb.state.StateStore;
import ailb.state.UpdateResult;
import ailb.state.WindowSlot;
import ailb.stats.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** Lets calls through to endpoints: one conditional write each. */
public final class Gate {

    /** Writes for one admission: a refused one brings back what it takes to get the next one right. */
    private static final int TRIES = 3;

    private final Map<String, Admission> admissions = new HashMap<>();
    private final Map<String, Admission> lower = new HashMap<>();
    private final StateStore store;
    private final PoolView view;
    private final TimeSource time;
    private final DispatchListener listener;

    public Gate(Pool pool, StateStore store, PoolView view, TimeSource time, DispatchListener listener) {
        this(pool, store, view, time, listener, _ -> 1);
    }

    /** @param share share of its limits that each endpoint may be used to, above 0 and at most 1 */
    public Gate(
            Pool pool,
            StateStore store,
            PoolView view,
            TimeSource time,
            DispatchListener listener,
            ToDoubleFunction<Endpoint> share) {
        for (Endpoint endpoint : pool.endpoints()) {
            Admission admission = new Admission(endpoint.limits(), share.applyAsDouble(endpoint));
            admissions.put(endpoint.name(), admission);
            lower.put(endpoint.name(), admission.lower(pool.settings().batches().burstShare()));
        }
        this.store = store;
        this.view = view;
        this.time = time;
        this.listener = listener;
    }

    /** What came of asking for a permit. */
    public sealed interface Entry {}

    /**
     * @param permits for the first of the calls asked for; at least one, in the order of their slots
     * @param until by when the calls must have started, nanoseconds since the epoch, where they are held
     */
    public record Granted(List<Permit> permits, long until) implements Entry {

        public Granted {
            permits = List.copyOf(permits);
        }
    }

    /** No room soon enough, others were quicker, or the endpoint has been taken out meanwhile. */
    public record Refused() implements Entry {}

    /** Its item is written to too often: asking again would make it worse. */
    public record Throttled() implements Entry {}

    /** The store did not say; if the permit was taken, it is written off. */
    public record Unknown() implements Entry {}

    public Admission admission(Endpoint endpoint, Priority priority) {
        return Objects.requireNonNull(switch (priority) {
            case INTERACTIVE -> admissions.get(endpoint.name());
            case BATCH -> lower.get(endpoint.name());
        });
    }

    public Room room(Endpoint endpoint, Demand demand, Priority priority) {
        return admission(endpoint, priority).room(view.state(endpoint), demand, time.now());
    }

    /** What else is to be written to the item with an admission. */
    public interface Rider {

        /** Nothing. */
        Rider NONE = (_, _) -> Optional.empty();

        /** The change to be made before the admission, worked out from the item as last seen. */
        Optional<ConditionalUpdate> update(EndpointState known, long now);

        /** It has been written, as far as anybody will know. */
        default void written() {}
    }

    /**
     * What is asked for.
     *
     * @param demands of calls that go one after the other; at least one, and one only for a probe
     * @param access as what the calls come, as the breaker allows it now
     * @param maxWait longest wait for the slot of any of them, nanoseconds
     * @param lease how long the call may take if it is a probe
     * @param held how long all calls but the first may be held back, nanoseconds; 0 where none are
     */
    public record Order(
            Endpoint endpoint,
            List<Demand> demands,
            Priority priority,
            Breaker.Access access,
            long maxWait,
            Duration lease,
            long held) {

        public Order {
            demands = List.copyOf(demands);
        }

        /** For one call. */
        public Order(
                Endpoint endpoint,
                Demand demand,
                Priority priority,
                Breaker.Access access,
                long maxWait,
                Duration lease) {
            this(endpoint, List.of(demand), priority, access, maxWait, lease, 0);
        }

        /** The same for further calls too, which may be held back for this long. */
        public Order with(List<Demand> further, long heldBack) {
            List<Demand> all = new ArrayList<>(demands);
            all.addAll(further);
            return new Order(endpoint, all, priority, access, maxWait, lease, heldBack);
        }
    }

    /** Asks for room for calls that go one after the other, or for the first of them. */
    public Entry admit(Order order) {
        return admit(order, 1, Rider.NONE);
    }

    /**
     * Asks for room for as many of the calls as one write can have admitted.
     *
     * @param least for how many calls at least another write is worth while when one was rejected, from 1
     */
    public Entry admit(Order order, int least, Rider rider) {
        Endpoint endpoint = order.endpoint();
        Observation seen = view.observe(endpoint);
        for (int attempt = 0; attempt < TRIES; attempt++) {
            long now = time.now();
            Optional<Plan> plan = Breaker.isStill(order.access(), seen.state(), now)
                    ? plan(order, seen, rider, now).filter(enough(attempt == 0 ? 1 : least))
                    : Optional.empty();
            if (plan.isEmpty()) {
                return refused(endpoint);
            }
            switch (store.update(endpoint.name(), plan.get().update())) {
                case UpdateResult.Applied(EndpointState state) -> {
                    view.saw(endpoint, state);
                    plan.get().rider().written();
                    return granted(order, plan.get(), state);
                }
                case UpdateResult.Rejected(EndpointState current) -> {
                    view.saw(endpoint, current);
                    if (!Breaker.stillPasses(order.access(), seen.state(), current)) {
                        return refused(endpoint);
                    }
                    seen = new Observation(current, 0, 0);
                }
                case UpdateResult.Throttled() -> {
                    listener.on(new DispatchEvent.Throttled(endpoint.name()));
                    return new Throttled();
                }
                case UpdateResult.Unknown(String cause) -> {
                    plan.get().rider().written();
                    listener.on(new DispatchEvent.StoreTrouble(endpoint.name(), cause));
                    return new Unknown();
                }
            }
        }
        return refused(endpoint);
    }

    private static Predicate<Plan> enough(int least) {
        return plan -> plan.demands().size() >= least;
    }

    /**
     * One write that would have calls admitted.
     *
     * @param until by when those that are held must have started
     */
    private record Plan(List<Demand> demands, long until, Rider rider, ConditionalUpdate update) {}

    /** With what rides along, where the two go together. */
    private Optional<Plan> plan(Order order, Observation seen, Rider rider, long now) {
        Optional<ConditionalUpdate> riding = rider.update(seen.state(), now);
        if (riding.isEmpty()) {
            return plan(order, seen, now);
        }
        EndpointState after = riding.get().applyTo(seen.state());
        return plan(order, new Observation(after, seen.age(), seen.callsPerSecond()), now)
                .flatMap(plan -> Joined.of(seen.state(), riding.get(), plan.update())
                        .map(both -> new Plan(plan.demands(), plan.until(), rider, both)))
                .or(() -> plan(order, seen, now));
    }

    private Optional<Plan> plan(Order order, Observation seen, long now) {
        Admission admission = admission(order.endpoint(), order.priority());
        List<Demand> demands = order.demands();
        if (order.held() > 0) {
            Optional<Plan> lease = plan(order, admission.held(order.held()), seen, demands, now, order.held(), 0)
                    .filter(enough(2));
            if (lease.isPresent()) {
                return lease;
            }
            demands = demands.subList(0, 1);
        }
        return plan(order, admission, seen, demands, now, 0, order.maxWait());
    }

    /** @param ahead from when on room is asked for, nanoseconds from now */
    private static Optional<Plan> plan(
            Order order,
            Admission admission,
            Observation seen,
            List<Demand> demands,
            long now,
            long ahead,
            long maxWait) {
        long moment = now + ahead;
        int fitting = admission.fitting(seen.state(), demands, moment, moment + maxWait);
        if (fitting == 0) {
            return Optional.empty();
        }
        List<Demand> admitted = demands.subList(0, fitting);
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        Breaker.pass(update, seen.state(), order.access(), now, order.lease());
        admission.take(update, seen, admitted, moment, moment + maxWait);
        count(update, seen.state(), admitted, now);
        return Optional.of(new Plan(admitted, moment, Rider.NONE, update.build()));
    }

    private Refused refused(Endpoint endpoint) {
        listener.on(new DispatchEvent.Refused(endpoint.name()));
        return new Refused();
    }

    private static void count(ConditionalUpdate.Builder update, EndpointState state, List<Demand> demands, long now) {
        Window.of(state, now)
                .count(
                        update,
                        Map.of(
                                WindowSlot::admitted, (long) demands.size(),
                                WindowSlot::admittedInput, demands.stream().mapToLong(Demand::inputTokens).sum(),
                                WindowSlot::admittedOutput, demands.stream().mapToLong(Demand::outputTokens).sum()));
    }

    private Granted granted(Order order, Plan plan, EndpointState admitted) {
        Endpoint endpoint = order.endpoint();
        List<Demand> demands = plan.demands();
        Admission admission = admission(endpoint, order.priority());
        List<EndpointState> each = admission.each(admitted, demands);
        List<Permit> permits = new ArrayList<>();
        for (int i = 0; i < demands.size(); i++) {
            long slot = admission.slot(each.get(i), demands.get(i));
            permits.add(new Permit(endpoint, demands.get(i), each.get(i), order.access(), slot));
        }
        (order.held() > 0 ? permits.subList(0, 1) : permits).forEach(this::tell);
        return new Granted(permits, plan.until());
    }

    private void tell(Permit permit) {
        long wait = Math.max(0, permit.slot() - time.now());
        listener.on(new DispatchEvent.Admitted(permit.endpoint().name(), wait));
    }
}
