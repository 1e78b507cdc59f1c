package ailb.dispatch.permit;

import ailb.admission.Admission;
import ailb.admission.Availability;
import ailb.admission.Demand;
import ailb.admission.Observation;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.Pool;
import ailb.port.DispatchEvent;
import ailb.port.DispatchListener;
import ailb.port.TimeSource;
import ailb.state.CombinedUpdate;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.StateStore;
import ailb.state.UpdateResult;
import ailb.state.WindowSlot;
import ailb.stats.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** Admits calls to endpoints. Each admission is one conditional write. */
public final class PermitIssuer {

    /** Writes tried for one admission. A rejected write returns the current item, so the next one is based on it. */
    private static final int TRIES = 3;

    private final Map<String, Admission> admissions = new HashMap<>();
    private final Map<String, Admission> lower = new HashMap<>();
    private final StateStore store;
    private final PoolView view;
    private final TimeSource time;
    private final DispatchListener listener;

    public PermitIssuer(Pool pool, StateStore store, PoolView view, TimeSource time, DispatchListener listener) {
        this(pool, store, view, time, listener, _ -> 1);
    }

    /** @param share the share of each endpoint's limits to use, above 0 and at most 1 */
    public PermitIssuer(
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

    public Admission admission(Endpoint endpoint, Priority priority) {
        return Objects.requireNonNull(switch (priority) {
            case INTERACTIVE -> admissions.get(endpoint.name());
            case BATCH -> lower.get(endpoint.name());
        });
    }

    public Availability room(Endpoint endpoint, Demand demand, Priority priority) {
        return admission(endpoint, priority).room(view.state(endpoint), demand, time.now());
    }

    /** Admits calls that go one after the other, or the first of them. */
    public AdmissionResult admit(AdmissionRequest request) {
        return admit(request, 1, PiggybackUpdate.NONE);
    }

    /**
     * Admits as many of the calls as one write can.
     *
     * @param least after a rejected write, another one is tried only if it can admit this many calls; at least 1
     */
    public AdmissionResult admit(AdmissionRequest request, int least, PiggybackUpdate piggyback) {
        Endpoint endpoint = request.endpoint();
        Observation seen = view.observe(endpoint);
        for (int attempt = 0; attempt < TRIES; attempt++) {
            long now = time.now();
            Optional<Plan> plan = Breaker.isStill(request.access(), seen.state(), now)
                    ? plan(request, seen, piggyback, now).filter(enough(attempt == 0 ? 1 : least))
                    : Optional.empty();
            if (plan.isEmpty()) {
                return refused(endpoint);
            }
            switch (store.update(endpoint.name(), plan.get().update())) {
                case UpdateResult.Applied(EndpointState state) -> {
                    view.saw(endpoint, state);
                    plan.get().piggyback().written();
                    return granted(request, plan.get(), state);
                }
                case UpdateResult.Rejected(EndpointState current) -> {
                    view.saw(endpoint, current);
                    if (!Breaker.stillPasses(request.access(), seen.state(), current)) {
                        return refused(endpoint);
                    }
                    seen = new Observation(current, 0, 0);
                }
                case UpdateResult.Throttled() -> {
                    listener.on(new DispatchEvent.Throttled(endpoint.name()));
                    return new AdmissionResult.Throttled();
                }
                case UpdateResult.Unknown(String cause) -> {
                    plan.get().piggyback().written();
                    listener.on(new DispatchEvent.StoreTrouble(endpoint.name(), cause));
                    return new AdmissionResult.Unknown();
                }
            }
        }
        return refused(endpoint);
    }

    private static Predicate<Plan> enough(int least) {
        return plan -> plan.demands().size() >= least;
    }

    /**
     * A write that admits calls.
     *
     * @param until when the calls that are held must have started
     */
    private record Plan(List<Demand> demands, long until, PiggybackUpdate piggyback, ConditionalUpdate update) {}

    /** Together with the other update, where one write can make both. */
    private Optional<Plan> plan(AdmissionRequest request, Observation seen, PiggybackUpdate piggyback, long now) {
        Optional<ConditionalUpdate> along = piggyback.update(seen.state(), now);
        if (along.isEmpty()) {
            return plan(request, seen, now);
        }
        EndpointState after = along.get().applyTo(seen.state());
        return plan(request, new Observation(after, seen.age(), seen.callsPerSecond()), now)
                .flatMap(plan -> CombinedUpdate.of(seen.state(), along.get(), plan.update())
                        .map(both -> new Plan(plan.demands(), plan.until(), piggyback, both)))
                .or(() -> plan(request, seen, now));
    }

    private Optional<Plan> plan(AdmissionRequest request, Observation seen, long now) {
        Admission admission = admission(request.endpoint(), request.priority());
        List<Demand> demands = request.demands();
        if (request.held() > 0) {
            Optional<Plan> lease = plan(request, admission.held(request.held()), seen, demands, now, request.held(), 0)
                    .filter(enough(2));
            if (lease.isPresent()) {
                return lease;
            }
            demands = demands.subList(0, 1);
        }
        return plan(request, admission, seen, demands, now, 0, request.maxWait());
    }

    /** @param ahead the moment to find room at, nanoseconds from now */
    private static Optional<Plan> plan(
            AdmissionRequest request,
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
        Breaker.pass(update, seen.state(), request.access(), now, request.probeTime());
        admission.take(update, seen, admitted, moment, moment + maxWait);
        count(update, seen.state(), admitted, now);
        return Optional.of(new Plan(admitted, moment, PiggybackUpdate.NONE, update.build()));
    }

    private AdmissionResult refused(Endpoint endpoint) {
        listener.on(new DispatchEvent.Refused(endpoint.name()));
        return new AdmissionResult.Refused();
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

    private AdmissionResult granted(AdmissionRequest request, Plan plan, EndpointState admitted) {
        Endpoint endpoint = request.endpoint();
        List<Demand> demands = plan.demands();
        Admission admission = admission(endpoint, request.priority());
        List<EndpointState> each = admission.each(admitted, demands);
        List<Permit> permits = new ArrayList<>();
        for (int i = 0; i < demands.size(); i++) {
            long slot = admission.slot(each.get(i), demands.get(i));
            permits.add(new Permit(endpoint, demands.get(i), each.get(i), request.access(), slot));
        }
        (request.held() > 0 ? permits.subList(0, 1) : permits).forEach(this::tell);
        return new AdmissionResult.Granted(permits, plan.until());
    }

    private void tell(Permit permit) {
        long wait = Math.max(0, permit.slot() - time.now());
        listener.on(new DispatchEvent.Admitted(permit.endpoint().name(), wait));
    }
}
