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
 * Saves writes where an endpoint's item gets too many, see {@link WriteModes}. What this instance knows by itself then is
 * little and young: answers not reported yet, and permits not used yet, both for seconds at most while it runs.
 */
public final class WriteCoalescer implements OutcomeSink {

    /** Permits of one write. */
    static final int LARGEST_LEASE = 10;

    /** Answers wait for another write, and permits for a call, for so long at most. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    /** By this chance a call has its endpoint drawn anew; the others follow the one before, and take its report along. */
    private static final double MOVES = 0.05;

    /** Of the calls that are to be expected while permits last, so many are provided for: hardly a permit is left over. */
    private static final double PROVIDED = 0.75;

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
        return access == Breaker.Access.NORMAL && permits.has(endpoint, demand, view.state(endpoint));
    }

    /**
     * Has one call admitted: by a permit that is held, or by a write that takes along what waits to be written.
     *
     * @param request for this call alone
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
     * The request, and permits to hold for the calls to expect, where the endpoint's mode is to lease.
     *
     * @param calls of this instance in {@link #LONGEST_WAIT}
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
        int further = (int) Math.clamp(PROVIDED * expected, 0, LARGEST_LEASE - 1.0);
        return further == 0 ? request
                : request.with(Collections.nCopies(further, mean(view.state(endpoint), now)), held);
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
