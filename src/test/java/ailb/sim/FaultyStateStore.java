package ailb.sim;

import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.StateStore;
import ailb.state.StateStoreException;
import ailb.state.UpdateResult;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The shared items as one instance reaches them: some milliseconds away, and not always. */
final class FaultyStateStore implements StateStore {

    private static final long MILLISECOND = Duration.ofMillis(1).toNanos();

    /** As long as the real store is waited for. */
    private static final long TIMEOUT = Duration.ofMillis(500).toNanos();

    private final World world;
    private final Instance instance;

    FaultyStateStore(World world, Instance instance) {
        this.world = world;
        this.instance = instance;
    }

    @Override
    public Map<String, EndpointState> read(Collection<String> endpoints) {
        pass(way());
        if (world.isStoreOut() || world.faults().strikes(Fault.FAILED_READ, 0.01)) {
            pass(TIMEOUT);
            throw new StateStoreException("lost", new IllegalStateException("lost"));
        }
        long stale = world.faults().strikes(Fault.STALE_READ, 0.2)
                ? (long) (5000 * MILLISECOND * world.random().nextDouble())
                : 0;
        Map<String, EndpointState> states = endpoints.stream()
                .collect(
                        Collectors.toMap(
                                Function.identity(),
                                name -> world.leftOut().told(world.items().stateBefore(name, stale))));
        pass(way());
        states.forEach(instance::saw);
        return states;
    }

    @Override
    public UpdateResult update(String endpoint, ConditionalUpdate update) {
        world.counts().writes++;
        UpdateKind kind = UpdateKind.of(update);
        update.guards().forEach(guard -> world.counts().guards.add(GuardOfKind.of(kind, guard)));
        UpdateResult result = send(endpoint, update, kind);
        if (result instanceof UpdateResult.Unknown && world.leftOut().isOff(Rule.UNKNOWN_IS_NOT_REPEATED)) {
            return send(endpoint, update, kind);
        }
        if (result instanceof UpdateResult.Unknown && world.leftOut().isOff(Rule.UNKNOWN_GRANTS_NOTHING)) {
            return new UpdateResult.Applied(world.items().state(endpoint));
        }
        return result;
    }

    private UpdateResult send(String endpoint, ConditionalUpdate update, UpdateKind kind) {
        SharedItems.Writer writer = new SharedItems.Writer(instance, instance.time.now(), instance.life.frozenFor());
        boolean slow = world.faults().strikes(Fault.SLOW_WRITE, 0.02);
        boolean there = slow && world.random().nextBoolean();
        if (world.faults().strikes(Fault.PAUSED, kind.ofHealth() ? 0.05 : 0.001)) {
            instance.life.pauses((long) (30 * Enforcement.SECOND * world.random().nextDouble()));
        }
        long sent = world.time().now();
        pass(there ? slowly() : way());
        if (world.isStoreOut() || world.faults().strikes(Fault.LOST_WRITE, 0.004)) {
            return unknown(sent);
        }
        if (world.faults().strikes(Fault.THROTTLED_WRITE, 0.005)) {
            pass(way());
            return new UpdateResult.Throttled();
        }
        if (world.faults().strikes(Fault.LATE_WRITE, 0.002)) {
            long late = TIMEOUT + (long) (1000 * MILLISECOND * world.random().nextDouble());
            Request request = Request.CURRENT.get();
            world.time().at(world.time().now() + late, () -> {
                Request.CURRENT.set(request);
                world.items().make(writer, endpoint, update);
            });
            return unknown(sent);
        }
        SharedItems.Made made = world.items().make(writer, endpoint, update);
        if (world.faults().strikes(Fault.UNANSWERED_WRITE, 0.004)) {
            return unknown(sent);
        }
        pass(slow && !there ? slowly() : way());
        made.permits().forEach(permit -> permit.granted = true);
        return switch (made.result()) {
            case UpdateResult.Applied(EndpointState state) -> new UpdateResult.Applied(world.leftOut().told(state));
            case UpdateResult.Rejected(EndpointState state) -> new UpdateResult.Rejected(world.leftOut().told(state));
            case UpdateResult other -> other;
        };
    }

    private UpdateResult unknown(long sent) {
        pass(sent + TIMEOUT - world.time().now());
        return new UpdateResult.Unknown("lost");
    }

    private long way() {
        return (long) (MILLISECOND * (1 + 3 * world.random().nextDouble()));
    }

    private long slowly() {
        return (long) (480 * MILLISECOND * world.random().nextDouble());
    }

    private void pass(long nanos) {
        try {
            world.time().sleep(nanos);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
