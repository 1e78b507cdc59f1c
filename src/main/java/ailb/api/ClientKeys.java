package ailb.api;

import java.util.Map;

/** PORT: the keys of the balancer's own callers, by name. Safe for use by many threads. */
public interface ClientKeys {

    /**
     * The keys known to this instance; fetched if it has no copy or an old one.
     *
     * @throws ClientKeysException if they cannot be read and there is no copy
     */
    Map<String, String> current();

    /**
     * The latest keys. For a caller with an unknown key, which may be new. The rate of fetches is limited, because
     * anyone can send a wrong key.
     */
    Map<String, String> refreshed();
}
