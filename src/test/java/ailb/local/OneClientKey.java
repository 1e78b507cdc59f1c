package ailb.local;

import ailb.api.ClientKeys;
import java.util.Map;

/** The one key that callers bring on a laptop. */
record OneClientKey(String key) implements ClientKeys {

    @Override
    public Map<String, String> current() {
        return Map.of("default", key);
    }

    @Override
    public Map<String, String> refreshed() {
        return Map.of("default", key);
    }

    @Override
    public String toString() {
        return "OneClientKey[redacted]";
    }
}
