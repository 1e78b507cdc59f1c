package ailb.dispatch.permit;

import ailb.health.Breaker;
import ailb.health.Recent;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.port.ApiKeys;
import ailb.port.Deadline;
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
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Reports how calls ended, and makes the moves of the breaker that follow. */
public final class Settler {

    private static final int TRIES = 4;

    /** So long after a request's deadline nobody waits for it: its instance has been frozen. */
    private static final long FORGOTTEN = Duration.ofSeconds(5).toNanos();

    private final Breaker breaker;
    private final StateStore store;
    private final PoolView view;
    private final TimeSource time;
    private final RandomGenerator random;
    private final DispatchListener listener;

    public Settler(
            Breaker breaker,
            StateStore store,
            PoolView view,
            TimeSource time,
            RandomGenerator random,
            DispatchListener listener) {
        this.breaker = breaker;
        this.store = store;
        this.view = view;
        this.time = time;
        this.random = random;
        this.listener = listener;
    }

    /** What has become of a report. */
    sealed interface Outcome {}

    /** It counts for the endpoint's health, whose item it left like this. */
    record Counted(EndpointState settled) implements Outcome {}

    /** It does not, or nobody knows. */
    record Uncounted() implements Outcome {}

    /** It was not made: the item is written to too often, or the time was over. */
    public record Postponed() implements Outcome {}

    /**
     * Reports calls. A report whose outcome is unknown is not repeated: it would count twice.
     *
     * @param before answers that have not been reported yet, of the same endpoint and generation
     * @param deadline of the request: when it has just passed no further try begins, for somebody waits
     * @param canWait whether it is given back in the end, where it could not be made
     */
    public Outcome settle(Report report, Optional<Report> before, Deadline deadline, boolean canWait) {
        Endpoint endpoint = report.endpoint();
        EndpointState known = view.state(endpoint);
        boolean current = !report.old();
        for (int attempt = 0; attempt < TRIES && (attempt == 0 || hasTime(deadline)); attempt++) {
            boolean last = attempt == TRIES - 1;
            ConditionalUpdate update = update(report, before, current, known, last);
            switch (store.update(endpoint.name(), update)) {
                case UpdateResult.Applied(EndpointState settled) -> {
                    view.saw(endpoint, settled);
                    return current ? new Counted(settled) : new Uncounted();
                }
                case UpdateResult.Rejected(EndpointState now) -> {
                    view.saw(endpoint, now);
                    known = now;
                    current = report.isCurrent(now);
                }
                // not made, so it may be tried again
                case UpdateResult.Throttled() -> listener.on(new DispatchEvent.Throttled(endpoint.name()));
                case UpdateResult.Unknown(String cause) -> {
                    listener.on(new DispatchEvent.StoreTrouble(endpoint.name(), cause));
                    return new Uncounted();
                }
            }
        }
        if (canWait) {
            return new Postponed();
        }
        String why = hasTime(deadline) ? "the item is too busy" : "the item is busy, and the request's time is over";
        listener.on(new DispatchEvent.StoreTrouble(endpoint.name(), "gave up reporting a call: " + why));
        return new Uncounted();
    }

    /**
     * Reports a call at once, and has the breaker judge.
     *
     * @param before answers that have not been reported yet, of the same endpoint and generation
     * @param failure empty where the call was answered
     * @param key that it was made with
     */
    public void report(
            Settlement settlement, Optional<Report> before, Optional<FailureClass> failure, ApiKeys.ApiKey key) {
        Outcome outcome = settle(new Report(List.of(settlement)), before, settlement.deadline(), false);
        if (settlement.tellsNothing()) {
            abandon(settlement.permit());
        } else if (outcome instanceof Counted(EndpointState settled)) {
            judge(settlement.permit(), settled, failure, key.version());
        }
    }

    private boolean hasTime(Deadline deadline) {
        long left = deadline.remaining(time);
        return left > 0 || left < -FORGOTTEN;
    }

    private ConditionalUpdate update(
            Report report, Optional<Report> before, boolean current, EndpointState known, boolean last) {
        if (before.isEmpty()) {
            return update(report, current, known, last);
        }
        ConditionalUpdate first = update(before.get(), current, known, last);
        ConditionalUpdate second = update(report, current, first.applyTo(known), last);
        return Joined.of(known, first, second).orElseThrow();
    }

    private ConditionalUpdate update(Report report, boolean current, EndpointState known, boolean last) {
        return current ? report.update(breaker, known, time.now(), last) : report.lateUpdate(known, time.now());
    }

    /** The change that reports answers, as part of another write. */
    public ConditionalUpdate answers(Report report, EndpointState known) {
        return update(report, report.isCurrent(known), known, false);
    }

    /**
     * Makes the move of the breaker that a reported call asks for: a usual call may open it, a probe decides it.
     *
     * @param settled the item as the report left it
     * @param failure empty where the call was answered
     */
    void judge(Permit permit, EndpointState settled, Optional<FailureClass> failure, long keyVersion) {
        Endpoint endpoint = permit.endpoint();
        long now = time.now();
        Optional<ConditionalUpdate> move =
                switch (permit.access()) {
                    case CLOSED ->
                        failure.flatMap(
                                fault -> breaker.trip(settled, fault, recent(settled, now), keyVersion, now, random));
                    case PROBE -> Optional.of(breaker.verdict(settled, failure, false, keyVersion, now, random));
                    case EARLY_PROBE -> Optional.of(breaker.verdict(settled, failure, true, keyVersion, now, random));
                    case OUT -> throw new IllegalStateException("a call that was not let through");
                };
        if (move.isPresent() && make(endpoint, move.get())) {
            listener.on(Breaker.opening(view.state(endpoint))
                    .<DispatchEvent>map(opening -> new DispatchEvent.Opened(endpoint.name(), opening.reason()))
                    .orElseGet(() -> new DispatchEvent.Closed(endpoint.name())));
        }
    }

    private static Recent recent(EndpointState state, long now) {
        Window window = Window.of(state, now);
        return new Recent(window.sum(WindowSlot::calls), window.sum(WindowSlot::failures));
    }

    /** Gives a probe back whose call is not made, or tells nothing. */
    public void abandon(Permit permit) {
        if (permit.access() != Breaker.Access.CLOSED) {
            make(permit.endpoint(), Breaker.abandon(permit.admitted()));
        }
    }

    private boolean make(Endpoint endpoint, ConditionalUpdate move) {
        return switch (store.update(endpoint.name(), move)) {
            case UpdateResult.Applied(EndpointState state) -> {
                view.saw(endpoint, state);
                yield true;
            }
            case UpdateResult.Rejected(EndpointState current) -> {
                view.saw(endpoint, current);
                yield false;
            }
            case UpdateResult.Throttled() -> {
                listener.on(new DispatchEvent.Throttled(endpoint.name()));
                yield false;
            }
            case UpdateResult.Unknown(String cause) -> {
                listener.on(new DispatchEvent.StoreTrouble(endpoint.name(), cause));
                yield false;
            }
        };
    }
}
