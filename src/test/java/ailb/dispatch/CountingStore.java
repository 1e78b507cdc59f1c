package ailb.dispatch;

import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.InMemoryStateStore;
import ailb.state.StateStore;
import ailb.state.StateStoreException;
import ailb.state.UpdateResult;
import java.util.Collection;
import java.util.Map;

/** The in-memory store, counting, with troubles a test can ask for. */
final class CountingStore implements StateStore {

    final InMemoryStateStore items = new InMemoryStateStore();
    int reads;
    int updates;
    int skipReads;
    boolean down;
    String throttled = "";
    int rivals;
    Runnable beforeNextRead = () -> {};

    @Override
    public Map<String, EndpointState> read(Collection<String> endpoints) {
        reads++;
        if (down) {
            throw new StateStoreException("down", new IllegalStateException("down"));
        }
        if (skipReads-- <= 0) {
            Runnable once = beforeNextRead;
            beforeNextRead = () -> {};
            once.run();
        }
        return items.read(endpoints);
    }

    @Override
    public UpdateResult update(String endpoint, ConditionalUpdate update) {
        updates++;
        if (rivals > 0) {
            rivals--;
            return new UpdateResult.Rejected(items.state(endpoint));
        }
        if (endpoint.equals(throttled)) {
            return new UpdateResult.Throttled();
        }
        return down ? new UpdateResult.Unknown("down") : items.update(endpoint, update);
    }
}
