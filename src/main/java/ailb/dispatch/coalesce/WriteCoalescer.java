package ailb.dispatch.coalesce;

import ailb.admission.Demand;
import ailb.dispatch.permit.AdmissionRequest;
import ailb.dispatch.permit.AdmissionResult;
import ailb.dispatch.permit.CallOutcome;
import ailb.dispatch.permit.OutcomeRecorder;
import ailb.dispatch.permit.OutcomeSink;
import ailb.dispatch.permit.Permit;
import ailb.dispatch.permit.PermitIssuer;
import ailb.dispatch.permit.PoolView;
import ailb.dispatch.permit.Priority;
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
 * Saves writes where an endpoint's item gets too many, see {@link WriteModes}. Then this instance alone knows of a few
 * answers and a few permits, for seconds at most (ADR 20 and 21).
 */
public final class WriteCoalescer implements OutcomeSink {

    /** Most permits of one write. */
    static final int LARGEST_LEASE = 10;

    /** The longest that an answer waits for a write, and a permit for a call. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    /**
     * The chance that a call draws its endpoint anew. The others go where the one before went, so that their write
     * records its outcome.
     */
    private static final double REDRAW_CHANCE = 0.05;

    /**
     * The share of the expected calls that permits are leased for. It is below 1, so that hardly any permit is left
     * over.
     */
    private static final double PROVIDED_SHARE = 0.75;

    private final WriteModes.Rule modes;
    private final LocalCallRate own;
    private final PoolView view;
    private final TimeSource time;
    private final DispatchListener listener;
    private final DeferredOutcomes outcomes;
    private final HeldPermits permits;
    @Nullable private volatile Long mark;

    public WriteCoalescer(
            WriteModes.Rule modes,
            OutcomeRecorder recorder,
            PoolView view,
            TimeSource time,
            DispatchListener listener) {
        this.modes = modes;
        this.own = new LocalCallRate(time, LONGEST_WAIT);
        this.view = view;
        this.time = time;
        this.listener = listener;
        this.outcomes = new DeferredOutcomes(recorder, time, this::isBusy, LONGEST_WAIT);
        this.permits = new HeldPermits(time);
    }

    private boolean isBusy(Endpoint endpoint) {
        return mode(endpoint) != WriteModes.Mode.PLAIN;
    }

    private WriteModes.Mode mode(Endpoint endpoint) {
        return modes.of(endpoint, view.observe(endpoint));
    }

    @Override
    public void record(CallOutcome outcome, Optional<FailureClass> failure, ApiKeys.ApiKey key) {
        outcomes.record(outcome, failure, key);
        outcomes.flushDue(outcome.deadline());
    }

    /**
     * The random numbers for the next choice among these endpoints. The same number chooses the same endpoint as long
     * as the weights stay the same. Over all instances the calls are spread as by fresh numbers.
     */
    public RandomGenerator draw(Collection<Endpoint> endpoints, RandomGenerator random) {
        if (endpoints.stream().noneMatch(this::isBusy)) {
            return random;
        }
        Long known = mark;
        long drawn = known == null || random.nextDouble() < REDRAW_CHANCE ? random.nextLong() : known;
        mark = drawn;
        return () -> drawn;
    }

    /** Whether the call can be admitted without a write. */
    public boolean isPermitHeld(Endpoint endpoint, Demand demand, Breaker.Access access) {
        return access == Breaker.Access.NORMAL && permits.has(endpoint, demand, view.state(endpoint));
    }

    /**
     * Admits one call: by a permit that is held, or by a write that also records the answers that wait.
     *
     * @param request for one call
     */
    public AdmissionResult admit(PermitIssuer issuer, AdmissionRequest request) {
        Endpoint endpoint = request.endpoint();
        Demand demand = request.demands().getFirst();
        if (request.access() != Breaker.Access.NORMAL) {
            return issuer.admit(request);
        }
        EndpointState known = view.state(endpoint);
        double usual = own.count(endpoint.name());
        Optional<Permit> held = permits.take(endpoint, demand, known);
        if (held.isPresent()) {
            listener.on(new DispatchEvent.Admitted(endpoint.name(), 0));
            return new AdmissionResult.Granted(List.of(held.get()), held.get().slot());
        }
        try (DeferredOutcomes.Piggyback piggyback = outcomes.piggyback(endpoint, known)) {
            AdmissionResult result = issuer.admit(withFurther(request, issuer, usual), 1, piggyback);
            if (result instanceof AdmissionResult.Granted(List<Permit> granted, long until) && granted.size() > 1) {
                permits.keep(granted.subList(1, granted.size()), until);
            }
            return result;
        }
    }

    /**
     * The request, extended by permits for the expected calls where the endpoint's mode is to lease.
     *
     * @param calls that this instance expects in {@link #LONGEST_WAIT}
     */
    private AdmissionRequest withFurther(AdmissionRequest request, PermitIssuer issuer, double calls) {
        Endpoint endpoint = request.endpoint();
        Demand demand = request.demands().getFirst();
        if (mode(endpoint) != WriteModes.Mode.LEASED || demand.retry()) {
            return request;
        }
        long now = time.now();
        long holdable = issuer.admission(endpoint, Priority.INTERACTIVE).holdable(now);
        long held = Math.min(LONGEST_WAIT.toNanos(), holdable);
        double expected = calls * held / LONGEST_WAIT.toNanos();
        int further = (int) Math.clamp(PROVIDED_SHARE * expected, 0, LARGEST_LEASE - 1.0);
        return further == 0 ? request
                : request.with(Collections.nCopies(further, mean(view.state(endpoint), now)), held);
    }

    /** What a call of the fleet takes on average. */
    private static Demand mean(EndpointState known, long now) {
        Window window = Window.of(known, now);
        double calls = Math.max(1, window.sum(WindowSlot::admitted));
        return new Demand(
                Math.round(window.sum(WindowSlot::admittedInput) / calls),
                Math.round(window.sum(WindowSlot::admittedOutput) / calls));
    }
}
