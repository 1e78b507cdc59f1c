package ailb.dispatch;

import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.StateStore;
import ailb.state.UpdateResult;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One instance's own items, in memory: what it goes by while the shared store is down. Always answers. */
final class LocalItems implements StateStore {

    private final Map<String, AtomicReference<EndpointState>> items = new ConcurrentHashMap<>();

    /** @param beginning the items to begin with */
    LocalItems(Map<String, EndpointState> beginning) {
        beginning.forEach((name, state) -> items.put(name, new AtomicReference<>(state)));
    }

    @Override
    public Map<String, EndpointState> read(Collection<String> endpoints) {
        return endpoints.stream()
                .distinct()
                .collect(Collectors.toUnmodifiableMap(Function.identity(), name -> item(name).get()));
    }

    @Override
    public UpdateResult update(String endpoint, ConditionalUpdate update) {
        AtomicReference<EndpointState> item = item(endpoint);
        while (true) {
            EndpointState current = item.get();
            if (!update.allowedBy(current)) {
                return new UpdateResult.Rejected(current);
            }
            EndpointState changed = update.applyTo(current);
            if (item.compareAndSet(current, changed)) {
                return new UpdateResult.Applied(changed);
            }
        }
    }

    EndpointState state(String endpoint) {
        return item(endpoint).get();
    }

    private AtomicReference<EndpointState> item(String endpoint) {
        return items.computeIfAbsent(endpoint, _ -> new AtomicReference<>(EndpointState.EMPTY));
    }
}
