package ailb.api;

import java.util.Map;

/** PORT: keys that callers of the balancer itself may use, by their names. Safe for use by many threads. */
public interface ClientKeys {

    /**
     * The keys as this instance knows them; fetched when it knows none or its copy is old.
     *
     * @throws ClientKeysException when they cannot be read and none are known
     */
    Map<String, String> current();

    /**
     * The keys as they are now, after a caller came with one that is not among them: it may be new. How often this
     * fetches is bounded, since anyone can come with a wrong key.
     */
    Map<String, String> refreshed();
}
