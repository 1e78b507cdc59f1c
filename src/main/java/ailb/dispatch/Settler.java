package ailb.dispatch;

import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.StateStore;
import ailb.state.UpdateResult;
import java.util.Optional;

/** Reports how calls ended, and makes the moves of the breaker that follow. */
final class Settler {

    private static final int TRIES = 4;

    private final Breaker breaker;
    private final StateStore store;
    private final PoolView view;
    private final TimeSource time;
    private final DispatchListener listener;

    Settler(Breaker breaker, StateStore store, PoolView view, TimeSource time, DispatchListener listener) {
        this.breaker = breaker;
        this.store = store;
        this.view = view;
        this.time = time;
        this.listener = listener;
    }

    /**
     * Reports a call. A report whose outcome is unknown is not repeated: it would count twice.
     *
     * @return the item as the report left it, if it counted for the endpoint's health
     */
    Optional<EndpointState> settle(Settlement settlement) {
        Endpoint endpoint = settlement.permit().endpoint();
        EndpointState known = view.state(endpoint);
        boolean current = true;
        for (int attempt = 0; attempt < TRIES; attempt++) {
            ConditionalUpdate update =
                    current ? settlement.update(known, time.now()) : settlement.lateUpdate(known, time.now());
            switch (store.update(endpoint.name(), update)) {
                case UpdateResult.Applied(EndpointState settled) -> {
                    view.saw(endpoint, settled);
                    return current ? Optional.of(settled) : Optional.empty();
                }
                case UpdateResult.Rejected(EndpointState now) -> {
                    view.saw(endpoint, now);
                    known = now;
                    current = settlement.isCurrent(now);
                }
                case UpdateResult.Throttled() -> {} // not made, so it may be tried again
                case UpdateResult.Unknown(String cause) -> {
                    listener.on(new DispatchEvent.StoreTrouble(endpoint.name(), cause));
                    return Optional.empty();
                }
            }
        }
        listener.on(new DispatchEvent.StoreTrouble(endpoint.name(), "gave up reporting a call: the item is too busy"));
        return Optional.empty();
    }

    /** Takes an endpoint out, if a failure that has been reported calls for it. */
    void trip(Endpoint endpoint, EndpointState settled, FailureClass failure) {
        breaker.trip(settled, failure, time.now()).ifPresent(move -> {
            if (make(endpoint, move)) {
                listener.on(new DispatchEvent.Opened(endpoint.name(), failure));
            }
        });
    }

    /** Lets an endpoint in again whose time has come. */
    void makeDueMove(Endpoint endpoint) {
        Breaker.due(view.state(endpoint), time.now()).ifPresent(move -> {
            if (make(endpoint, move)) {
                listener.on(new DispatchEvent.Closed(endpoint.name()));
            }
        });
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
            case UpdateResult.Throttled() -> false;
            case UpdateResult.Unknown(String cause) -> {
                listener.on(new DispatchEvent.StoreTrouble(endpoint.name(), cause));
                yield false;
            }
        };
    }
}
