package ailb.state;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A store in the memory of one process: for an instance while the shared store is down (ADR 7), for the local server
 * and for tests. Always answers, and reads are never stale.
 */
public final class InMemoryStateStore implements StateStore {

    private final Map<String, AtomicReference<EndpointState>> items = new ConcurrentHashMap<>();

    public InMemoryStateStore() {}

    /** @param beginning the initial items */
    public InMemoryStateStore(Map<String, EndpointState> beginning) {
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

    /** The item of one endpoint. */
    public EndpointState state(String endpoint) {
        return item(endpoint).get();
    }

    private AtomicReference<EndpointState> item(String endpoint) {
        return items.computeIfAbsent(endpoint, _ -> new AtomicReference<>(EndpointState.EMPTY));
    }
}
