package ailb.state;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The store for tests that need no table: what the real one does, in a map. Reads are never stale. */
public final class InMemoryStateStore implements StateStore {

    private final Map<String, AtomicReference<EndpointState>> items = new ConcurrentHashMap<>();

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

    private AtomicReference<EndpointState> item(String endpoint) {
        return items.computeIfAbsent(endpoint, _ -> new AtomicReference<>(EndpointState.EMPTY));
    }
}
