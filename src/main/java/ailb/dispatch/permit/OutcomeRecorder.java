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
import ailb.state.CombinedUpdate;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.StateStore;
import ailb.state.UpdateResult;
import ailb.state.WindowSlot;
import ailb.stats.Window;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Records how calls ended, and makes the moves of the breaker that follow. */
public final class OutcomeRecorder {

    private static final int TRIES = 4;

    /** This long after a request's deadline nobody waits for it any more: its instance was frozen. */
    private static final long FORGOTTEN = Duration.ofSeconds(5).toNanos();

    private final Breaker breaker;
    private final StateStore store;
    private final PoolView view;
    private final TimeSource time;
    private final RandomGenerator random;
    private final DispatchListener listener;

    public OutcomeRecorder(
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

    /** What came of a write that records calls. */
    sealed interface Recording {}

    /** The calls count for the endpoint's health. This is its item after the write. */
    record Counted(EndpointState recorded) implements Recording {}

    /** The calls do not count for the endpoint's health, or nobody knows whether they do. */
    record Uncounted() implements Recording {}

    /** The write was not made: the item gets too many writes, or the time was over. */
    public record Postponed() implements Recording {}

    /**
     * Records calls. A write that may have been made is not repeated: it would count twice.
     *
     * @param before answers that have not been recorded yet, of the same endpoint and generation
     * @param deadline of the request; no further try begins after it, because the caller waits
     * @param canWait whether calls that could not be recorded may be recorded later: {@link Postponed}
     */
    public Recording record(OutcomeUpdate outcomes, Optional<OutcomeUpdate> before, Deadline deadline,
            boolean canWait) {
        Endpoint endpoint = outcomes.endpoint();
        EndpointState known = view.state(endpoint);
        boolean current = !outcomes.old();
        for (int attempt = 0; attempt < TRIES && (attempt == 0 || hasTime(deadline)); attempt++) {
            boolean last = attempt == TRIES - 1;
            ConditionalUpdate update = update(outcomes, before, current, known, last);
            switch (store.update(endpoint.name(), update)) {
                case UpdateResult.Applied(EndpointState recorded) -> {
                    view.saw(endpoint, recorded);
                    return current ? new Counted(recorded) : new Uncounted();
                }
                case UpdateResult.Rejected(EndpointState now) -> {
                    view.saw(endpoint, now);
                    known = now;
                    current = outcomes.isCurrent(now);
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
        listener.on(new DispatchEvent.StoreTrouble(endpoint.name(), "gave up recording a call: " + why));
        return new Uncounted();
    }

    /**
     * Records a call at once, and makes the move of the breaker that follows.
     *
     * @param before answers that have not been recorded yet, of the same endpoint and generation
     * @param failure empty where the call was answered
     * @param key that it was made with
     */
    public void record(
            CallOutcome outcome, Optional<OutcomeUpdate> before, Optional<FailureClass> failure, ApiKeys.ApiKey key) {
        Recording recording = record(new OutcomeUpdate(List.of(outcome)), before, outcome.deadline(), false);
        if (outcome.tellsNothing()) {
            abandon(outcome.permit());
        } else if (recording instanceof Counted(EndpointState recorded)) {
            judge(outcome.permit(), recorded, failure, key.version());
        }
    }

    private boolean hasTime(Deadline deadline) {
        long left = deadline.remaining(time);
        return left > 0 || left < -FORGOTTEN;
    }

    private ConditionalUpdate update(
            OutcomeUpdate outcomes, Optional<OutcomeUpdate> before, boolean current, EndpointState known,
            boolean last) {
        if (before.isEmpty()) {
            return update(outcomes, current, known, last);
        }
        ConditionalUpdate first = update(before.get(), current, known, last);
        ConditionalUpdate second = update(outcomes, current, first.applyTo(known), last);
        return CombinedUpdate.of(known, first, second).orElseThrow();
    }

    private ConditionalUpdate update(OutcomeUpdate outcomes, boolean current, EndpointState known, boolean last) {
        return current ? outcomes.update(breaker, known, time.now(), last) : outcomes.lateUpdate(known, time.now());
    }

    /** The change that records answers, as part of another write. */
    public ConditionalUpdate answers(OutcomeUpdate outcomes, EndpointState known) {
        return update(outcomes, outcomes.isCurrent(known), known, false);
    }

    /**
     * Makes the move of the breaker that a recorded call asks for: a usual call may open it, a probe decides it.
     *
     * @param recorded the item as the record left it
     * @param failure empty where the call was answered
     */
    void judge(Permit permit, EndpointState recorded, Optional<FailureClass> failure, long keyVersion) {
        Endpoint endpoint = permit.endpoint();
        long now = time.now();
        Optional<ConditionalUpdate> move =
                switch (permit.access()) {
                    case NORMAL ->
                        failure.flatMap(
                                fault -> breaker.trip(recorded, fault, recent(recorded, now), keyVersion, now, random));
                    case PROBE -> Optional.of(breaker.verdict(recorded, failure, false, keyVersion, now, random));
                    case EARLY_PROBE -> Optional.of(breaker.verdict(recorded, failure, true, keyVersion, now, random));
                    case DENIED -> throw new IllegalStateException("a call that was not let through");
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

    /** Gives a probe back when its call is not made, or tells nothing. */
    public void abandon(Permit permit) {
        if (permit.access() != Breaker.Access.NORMAL) {
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
