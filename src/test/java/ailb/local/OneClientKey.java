package ailb.local;

import ailb.api.ClientKeys;
import java.util.List;

/** The one key that callers bring on a laptop. */
record OneClientKey(String key) implements ClientKeys {

    @Override
    public List<String> current() {
        return List.of(key);
    }

    @Override
    public List<String> refreshed() {
        return List.of(key);
    }

    @Override
    public String toString() {
        return "OneClientKey[redacted]";
    }
}
