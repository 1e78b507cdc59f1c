package ailb.batch;

import ailb.sim.Simulation;
import ailb.state.Assignment;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.InMemoryStateStore;
import ailb.state.StateStore;
import ailb.state.StateStoreException;
import ailb.state.UpdateResult;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;

/** The in-memory state store, a way away, that counts its writes: made or refused. */
final class SlowStateStore implements StateStore {

    private static final long ONE_WAY = Duration.ofMillis(2).plusNanos(500_000).toNanos();

    final InMemoryStateStore items = new InMemoryStateStore();
    boolean down;
    long admissions;
    long others;
    long reads;

    private final Simulation time;

    SlowStateStore(Simulation time) {
        this.time = time;
    }

    @Override
    public Map<String, EndpointState> read(Collection<String> endpoints) {
        reads++;
        pass();
        if (down) {
            throw new StateStoreException("down", new IllegalStateException("down"));
        }
        Map<String, EndpointState> states = items.read(endpoints);
        pass();
        return states;
    }

    @Override
    public UpdateResult update(String endpoint, ConditionalUpdate update) {
        if (update.assignments().stream().anyMatch(SlowStateStore::countsAnAdmission)) {
            admissions++;
        } else {
            others++;
        }
        pass();
        if (down) {
            return new UpdateResult.Unknown("down");
        }
        UpdateResult result = items.update(endpoint, update);
        pass();
        return result;
    }

    private void pass() {
        try {
            time.sleep(ONE_WAY);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean countsAnAdmission(Assignment assignment) {
        return !(assignment instanceof Assignment.Remove)
                && Attribute.WINDOW.stream().anyMatch(slot -> slot.admitted().equals(assignment.attribute()));
    }
}
