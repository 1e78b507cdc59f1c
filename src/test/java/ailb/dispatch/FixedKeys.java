package ailb.dispatch;

import ailb.port.ApiKeys;
import java.util.HashMap;
import java.util.Map;

/** Keys by name, each {@code value-of-<name>} unless said otherwise. */
public final class FixedKeys implements ApiKeys {

    private final Map<String, Lookup> known = new HashMap<>();
    private final Map<String, Lookup> fetched = new HashMap<>();

    /** What this instance believes. */
    public FixedKeys known(String name, Lookup lookup) {
        known.put(name, lookup);
        return this;
    }

    /** What is found when it looks again. */
    public FixedKeys fetched(String name, Lookup lookup) {
        fetched.put(name, lookup);
        return this;
    }

    @Override
    public Lookup get(String name) {
        return known.getOrDefault(name, new ApiKey("value-of-" + name));
    }

    @Override
    public Lookup refresh(String name, ApiKey refused) {
        if (fetched.containsKey(name)) {
            known.put(name, fetched.get(name));
        }
        return get(name);
    }
}
