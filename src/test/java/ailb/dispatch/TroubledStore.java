package ailb.dispatch;

import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.InMemoryStateStore;
import ailb.state.StateStore;
import ailb.state.StateStoreException;
import ailb.state.UpdateResult;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The in-memory store, counting, with the troubles that a test asks for. */
public final class TroubledStore implements StateStore {

    private final InMemoryStateStore items = new InMemoryStateStore();
    final Set<String> throttled = new HashSet<>();
    public boolean down;
    public int reads;
    public int updates;
    Runnable beforeRead = () -> {};
    public Runnable duringRead = () -> {};
    public Runnable beforeUpdate = () -> {};

    @Override
    public Map<String, EndpointState> read(Collection<String> endpoints) {
        reads++;
        beforeRead.run();
        if (down) {
            throw new StateStoreException("down", new IllegalStateException("down"));
        }
        Map<String, EndpointState> states = items.read(endpoints);
        duringRead.run();
        return states;
    }

    @Override
    public UpdateResult update(String endpoint, ConditionalUpdate update) {
        updates++;
        beforeUpdate.run();
        if (throttled.contains(endpoint)) {
            return new UpdateResult.Throttled();
        }
        return down ? new UpdateResult.Unknown("down") : items.update(endpoint, update);
    }

    public EndpointState item(String endpoint) {
        return items.read(List.of(endpoint)).get(endpoint);
    }

    /** Changes an item behind everybody's back. */
    public void change(String endpoint, ConditionalUpdate.Builder change) {
        items.update(endpoint, change.build());
    }
}
