package ailb.state;

import java.util.Collection;
import java.util.Map;

/** PORT: stores one item for each endpoint. Safe for use by many threads. */
public interface StateStore {

    /**
     * Reads the items of the named endpoints, {@link EndpointState#EMPTY} for those that have none yet. Reads may be
     * stale: a recent write may not be visible yet.
     *
     * @throws StateStoreException when the store does not answer
     */
    Map<String, EndpointState> read(Collection<String> endpoints);

    /** Makes one update atomically. Never sends it twice, as additions are not idempotent. */
    UpdateResult update(String endpoint, ConditionalUpdate update);
}
