package ailb.dispatch.coalesce;

import ailb.admission.Demand;
import ailb.dispatch.permit.Permit;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.LimitKind;
import ailb.port.TimeSource;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * Permits that this instance leased and has no calls for yet (ADR 21). They end with the instance, and after their
 * time: an instance that was frozen finds none.
 */
final class HeldPermits {

    private final TimeSource time;
    private final Map<String, Queue<Lease>> leases = new ConcurrentHashMap<>();

    HeldPermits(TimeSource time) {
        this.time = time;
    }

    /**
     * The permits that one write leased for later calls.
     *
     * @param admitted the item as the admission left it
     * @param since when the write was made, nanoseconds since the epoch, as the next two
     * @param from when all of its calls may start
     * @param until when all of its calls must have started
     */
    private record Lease(EndpointState admitted, long since, long from, long until, AtomicReference<Left> left) {

        boolean isOver(EndpointState known, long now) {
            // A clock that was set back must not make it last longer.
            return now < since
                    || now > until
                    || left.get().calls() == 0
                    || !Breaker.unmoved(admitted).holds(known);
        }
    }

    /** The tokens are for all calls together, as nobody knows yet how many each will take. */
    private record Left(long calls, Demand tokens) {

        boolean covers(Demand demand) {
            return calls > 0
                    && demand.inputTokens() <= tokens.inputTokens()
                    && demand.outputTokens() <= tokens.outputTokens();
        }

        Left less(Demand demand) {
            return new Left(
                    calls - 1,
                    new Demand(
                            tokens.inputTokens() - demand.inputTokens(),
                            tokens.outputTokens() - demand.outputTokens()));
        }
    }

    /**
     * Keeps the permits of one write for later calls.
     *
     * @param permits at least one
     * @param until by when their calls must have started, nanoseconds since the epoch
     */
    void keep(List<Permit> permits, long until) {
        long now = time.now();
        long from = permits.stream().mapToLong(Permit::slot).max().orElse(now);
        Demand tokens = new Demand(
                permits.stream().mapToLong(permit -> permit.demand().inputTokens()).sum(),
                permits.stream().mapToLong(permit -> permit.demand().outputTokens()).sum());
        leases.computeIfAbsent(permits.getFirst().endpoint().name(), _ -> new ConcurrentLinkedQueue<>())
                .add(new Lease(
                        permits.getFirst().admitted(),
                        now,
                        from,
                        until,
                        new AtomicReference<>(new Left(permits.size(), tokens))));
    }

    /** Whether {@link #take} would find a permit for this call. */
    boolean has(Endpoint endpoint, Demand demand, EndpointState known) {
        return usable(endpoint, demand, known).anyMatch(lease -> lease.left().get().covers(counted(endpoint, demand)));
    }

    /**
     * A permit for a call that starts now, if one is held. {@code known} is the endpoint as last seen, with its breaker
     * closed.
     */
    Optional<Permit> take(Endpoint endpoint, Demand demand, EndpointState known) {
        return usable(endpoint, demand, known)
                .filter(lease -> tryTake(lease, counted(endpoint, demand)))
                .findFirst()
                .map(lease -> new Permit(endpoint, demand, lease.admitted(), Breaker.Access.NORMAL, lease.from()));
    }

    private Stream<Lease> usable(Endpoint endpoint, Demand demand, EndpointState known) {
        Queue<Lease> held = leases.get(endpoint.name());
        long now = time.now();
        if (held == null || demand.retry() || known.get(Attribute.HOLD) > now) {
            return Stream.empty();
        }
        held.removeIf(lease -> lease.isOver(known, now));
        return held.stream().filter(lease -> lease.from() <= now);
    }

    private static boolean tryTake(Lease lease, Demand demand) {
        while (true) {
            Left left = lease.left().get();
            if (!left.covers(demand)) {
                return false;
            }
            if (lease.left().compareAndSet(left, left.less(demand))) {
                return true;
            }
        }
    }

    /** What the call takes of a lease: tokens only where the endpoint has a limit for them. */
    private static Demand counted(Endpoint endpoint, Demand demand) {
        return endpoint.limits().amounts().keySet().stream().allMatch(LimitKind::countsRequests)
                ? new Demand(0, 0)
                : demand;
    }
}
