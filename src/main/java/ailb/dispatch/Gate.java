package ailb.dispatch;

import ailb.admission.Admission;
import ailb.admission.Demand;
import ailb.admission.Observation;
import ailb.admission.Room;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.Pool;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
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
import java.util.function.ToDoubleFunction;

/** Lets calls through to endpoints: one conditional write each. */
final class Gate {

    /** Writes for one admission: a refused one brings back what it takes to get the next one right. */
    private static final int TRIES = 3;

    private final Map<String, Admission> admissions = new HashMap<>();
    private final Map<String, Admission> lower = new HashMap<>();
    private final StateStore store;
    private final PoolView view;
    private final TimeSource time;
    private final DispatchListener listener;

    Gate(Pool pool, StateStore store, PoolView view, TimeSource time, DispatchListener listener) {
        this(pool, store, view, time, listener, _ -> 1);
    }

    /** @param share share of its limits that each endpoint may be used to, above 0 and at most 1 */
    Gate(
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
    sealed interface Entry {}

    /** @param permits for the first of the calls asked for; at least one, in the order of their slots */
    record Granted(List<Permit> permits) implements Entry {

        Granted {
            permits = List.copyOf(permits);
        }
    }

    /** No room soon enough, others were quicker, or the endpoint has been taken out meanwhile. */
    record Refused() implements Entry {}

    /** Its item is written to too often: asking again would make it worse. */
    record Throttled() implements Entry {}

    /** The store did not say; if the permit was taken, it is written off. */
    record Unknown() implements Entry {}

    Admission admission(Endpoint endpoint, Priority priority) {
        return Objects.requireNonNull(switch (priority) {
            case INTERACTIVE -> admissions.get(endpoint.name());
            case BATCH -> lower.get(endpoint.name());
        });
    }

    Room room(Endpoint endpoint, Demand demand, Priority priority) {
        return admission(endpoint, priority).room(view.state(endpoint), demand, time.now());
    }

    /** The same for however few calls there is room. */
    Entry admit(
            Endpoint endpoint,
            List<Demand> demands,
            Priority priority,
            Breaker.Access access,
            long maxWait,
            Duration lease) {
        return admit(endpoint, demands, 1, priority, access, maxWait, lease);
    }

    /**
     * Asks for room for calls that go one after the other, for as many of them as one write can have admitted.
     *
     * @param demands of the calls; at least one, and one only for a probe
     * @param least for how many calls at least another write is worth while when one was rejected, from 1
     * @param access as what the calls come, as the breaker allows it now
     * @param maxWait longest wait for the slot of any of them, nanoseconds
     * @param lease how long the call may take if it is a probe
     */
    Entry admit(
            Endpoint endpoint,
            List<Demand> demands,
            int least,
            Priority priority,
            Breaker.Access access,
            long maxWait,
            Duration lease) {
        Admission admission = admission(endpoint, priority);
        Observation seen = view.observe(endpoint);
        for (int attempt = 0; attempt < TRIES; attempt++) {
            long now = time.now();
            int fitting = admission.fitting(seen.state(), demands, now, now + maxWait);
            if (!Breaker.isStill(access, seen.state(), now) || fitting < (attempt == 0 ? 1 : least)) {
                return refused(endpoint);
            }
            List<Demand> admitted = demands.subList(0, fitting);
            ConditionalUpdate.Builder update = ConditionalUpdate.builder();
            Breaker.pass(update, seen.state(), access, now, lease);
            admission.take(update, seen, admitted, now, now + maxWait);
            count(update, seen.state(), admitted, now);
            switch (store.update(endpoint.name(), update.build())) {
                case UpdateResult.Applied(EndpointState state) -> {
                    view.saw(endpoint, state);
                    return granted(endpoint, admitted, access, state, admission.slots(state, admitted));
                }
                case UpdateResult.Rejected(EndpointState current) -> {
                    view.saw(endpoint, current);
                    if (!Breaker.stillPasses(access, seen.state(), current)) {
                        return refused(endpoint);
                    }
                    seen = new Observation(current, 0, 0);
                }
                case UpdateResult.Throttled() -> {
                    listener.on(new DispatchEvent.Throttled(endpoint.name()));
                    return new Throttled();
                }
                case UpdateResult.Unknown(String cause) -> {
                    listener.on(new DispatchEvent.StoreTrouble(endpoint.name(), cause));
                    return new Unknown();
                }
            }
        }
        return refused(endpoint);
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

    private Granted granted(
            Endpoint endpoint,
            List<Demand> demands,
            Breaker.Access access,
            EndpointState admitted,
            List<Long> slots) {
        List<Permit> permits = new ArrayList<>();
        for (int i = 0; i < demands.size(); i++) {
            long slot = slots.get(i);
            listener.on(new DispatchEvent.Admitted(endpoint.name(), Math.max(0, slot - time.now())));
            permits.add(new Permit(endpoint, demands.get(i), admitted, access, slot));
        }
        return new Granted(permits);
    }
}
