package ailb.state;

import java.util.Collection;
import java.util.Map;

/** PORT: keeps one item an endpoint. Safe for use by many threads. */
public interface StateStore {

    /**
     * Reads the items of the named endpoints, {@link EndpointState#EMPTY} for those that have none yet. Reads may be
     * stale: what was written a moment ago may not show.
     *
     * @throws StateStoreException when the store does not answer
     */
    Map<String, EndpointState> read(Collection<String> endpoints);

    /** Makes one update, atomically. Never sends it twice. */
    UpdateResult update(String endpoint, ConditionalUpdate update);
}
