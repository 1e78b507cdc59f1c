package ailb.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The in-memory store with the troubles that a test asks for. It notes what it is asked. */
public final class ScriptedStore implements StateStore {

    private static final String READ = "read";

    /** What it was asked, in order: {@code read}, or the name of the item to be updated. */
    public final List<String> touches = Collections.synchronizedList(new ArrayList<>());

    /** No read is answered, and no update is made. */
    public volatile boolean down;

    public volatile boolean readsThrottled;

    /** By the item's name. */
    public volatile Predicate<String> throttled = _ -> false;

    /** Updates, by the item's name, that are made though nobody learns of it. */
    public volatile Predicate<String> unanswered = _ -> false;

    /** So many updates from now on are rejected, as if another instance had been quicker each time. */
    public int rivals;

    public volatile Runnable beforeRead = () -> {};

    /** Between the read and its answer. */
    public volatile Runnable duringRead = () -> {};

    public volatile Runnable beforeUpdate = () -> {};

    private final InMemoryStateStore items = new InMemoryStateStore();

    @Override
    public Map<String, EndpointState> read(Collection<String> endpoints) {
        touches.add(READ);
        beforeRead.run();
        if (down) {
            throw new StateStoreException("down", new IllegalStateException("down"));
        }
        if (readsThrottled) {
            throw new StateStoreException("too often", new IllegalStateException("too often"), true);
        }
        Map<String, EndpointState> states = items.read(endpoints);
        duringRead.run();
        return states;
    }

    @Override
    public UpdateResult update(String endpoint, ConditionalUpdate update) {
        touches.add(endpoint);
        beforeUpdate.run();
        if (rivals > 0) {
            rivals--;
            return new UpdateResult.Rejected(items.state(endpoint));
        }
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

    public int reads() {
        return Collections.frequency(touches, READ);
    }

    public int updates() {
        return touches.size() - reads();
    }

    public EndpointState state(String endpoint) {
        return items.state(endpoint);
    }

    /** Changes an item behind everybody's back: as another instance would. */
    public void change(String endpoint, ConditionalUpdate.Builder change) {
        items.update(endpoint, change.build());
    }
}
