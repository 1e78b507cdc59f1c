package ailb.dispatch;

import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.InMemoryStateStore;
import ailb.state.StateStore;
import ailb.state.StateStoreException;
import ailb.state.UpdateResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The in-memory store with the faults a test asks for; every touch is noted, as {@code read} or the item's name. */
final class FaultyStore implements StateStore {

    final InMemoryStateStore items = new InMemoryStateStore();
    final List<String> touches = Collections.synchronizedList(new ArrayList<>());
    volatile boolean down;

    /** Writes, by the item's name, that are made though nobody learns of it. */
    volatile Predicate<String> unanswered = _ -> false;

    volatile Predicate<String> throttled = _ -> false;
    volatile boolean readsThrottled;

    @Override
    public Map<String, EndpointState> read(Collection<String> endpoints) {
        touches.add("read");
        if (down) {
            throw new StateStoreException("down", new IllegalStateException("down"));
        }
        if (readsThrottled) {
            throw new StateStoreException("too often", new IllegalStateException("too often"), true);
        }
        return items.read(endpoints);
    }

    @Override
    public UpdateResult update(String endpoint, ConditionalUpdate update) {
        touches.add(endpoint);
        if (throttled.test(endpoint)) {
            return new UpdateResult.Throttled();
        }
        if (down) {
            return new UpdateResult.Unknown("down");
        }
        boolean lost = unanswered.test(endpoint);
        UpdateResult result = items.update(endpoint, update);
        return lost ? new UpdateResult.Unknown("lost") : result;
    }

    EndpointState state(String endpoint) {
        return items.read(List.of(endpoint)).get(endpoint);
    }
}
