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
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** Lets calls through to endpoints: one conditional write each. */
final class Gate {

    /** Writes for one admission: a refused one brings back what it takes to get the next one right. */
    private static final int TRIES = 3;

    private final Map<String, Admission> admissions = new HashMap<>();
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
        pool.endpoints()
                .forEach(endpoint -> admissions.put(
                        endpoint.name(), new Admission(endpoint.limits(), share.applyAsDouble(endpoint))));
        this.store = store;
        this.view = view;
        this.time = time;
        this.listener = listener;
    }

    /** What came of asking for a permit. */
    sealed interface Entry {}

    record Granted(Permit permit) implements Entry {}

    /** No room soon enough, others were quicker, or the endpoint has been taken out meanwhile. */
    record Refused() implements Entry {}

    /** Its item is written to too often: asking again would make it worse. */
    record Throttled() implements Entry {}

    /** The store did not say; if the permit was taken, it is written off. */
    record Unknown() implements Entry {}

    Admission admission(Endpoint endpoint) {
        return Objects.requireNonNull(admissions.get(endpoint.name()));
    }

    Room room(Endpoint endpoint, Demand demand) {
        return admission(endpoint).room(view.state(endpoint), demand, time.now());
    }

    /**
     * Asks for room for one call.
     *
     * @param access as what the call comes, as the breaker allows it now
     * @param maxWait longest wait for its slot, nanoseconds
     * @param lease how long the call may take if it is a probe
     */
    Entry admit(Endpoint endpoint, Demand demand, Breaker.Access access, long maxWait, Duration lease) {
        Observation seen = view.observe(endpoint);
        for (int attempt = 0; attempt < TRIES; attempt++) {
            long now = time.now();
            if (!Breaker.stillPasses(access, seen.state(), seen.state())
                    || !hasRoom(endpoint, seen.state(), demand, now, now + maxWait)) {
                return refused(endpoint);
            }
            ConditionalUpdate.Builder update = ConditionalUpdate.builder();
            Breaker.pass(update, seen.state(), access, now, lease);
            take(update, endpoint, seen, demand, now, now + maxWait);
            switch (store.update(endpoint.name(), update.build())) {
                case UpdateResult.Applied(EndpointState admitted) -> {
                    return granted(endpoint, demand, access, admitted);
                }
                case UpdateResult.Rejected(EndpointState current) -> {
                    view.saw(endpoint, current);
                    if (!Breaker.stillPasses(access, seen.state(), current)) {
                        return refused(endpoint);
                    }
                    seen = new Observation(current, 0, 0);
                }
                case UpdateResult.Throttled() -> {
                    listener.on(new DispatchEvent.Refused(endpoint.name()));
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

    private boolean hasRoom(Endpoint endpoint, EndpointState state, Demand demand, long now, long latest) {
        return admission(endpoint).room(state, demand, now) instanceof Room.From(long moment) && moment <= latest;
    }

    private void take(
            ConditionalUpdate.Builder update,
            Endpoint endpoint,
            Observation seen,
            Demand demand,
            long now,
            long latest) {
        admission(endpoint).take(update, seen, demand, now, latest);
        Window.of(seen.state(), now)
                .count(
                        update,
                        Map.of(
                                WindowSlot::admitted, 1L,
                                WindowSlot::admittedInput, demand.inputTokens(),
                                WindowSlot::admittedOutput, demand.outputTokens()));
    }

    private Granted granted(Endpoint endpoint, Demand demand, Breaker.Access access, EndpointState admitted) {
        view.saw(endpoint, admitted);
        long slot = admission(endpoint).slot(admitted, demand);
        listener.on(new DispatchEvent.Admitted(endpoint.name(), Math.max(0, slot - time.now())));
        return new Granted(new Permit(endpoint, demand, admitted, access, slot));
    }
}
