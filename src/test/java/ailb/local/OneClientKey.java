package ailb.local;

import ailb.api.ClientKeys;
import java.util.Map;

/** The one key of its kind on a laptop: the one that callers bring, or the admin's. */
record OneClientKey(String name, String key) implements ClientKeys {

    @Override
    public Map<String, String> current() {
        return Map.of(name, key);
    }

    @Override
    public Map<String, String> refreshed() {
        return Map.of(name, key);
    }

    @Override
    public String toString() {
        return "OneClientKey[redacted]";
    }
}
