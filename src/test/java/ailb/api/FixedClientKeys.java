package ailb.api;

import java.util.Map;

/** Keys by their names, which stay as they are. */
public record FixedClientKeys(Map<String, String> current) implements ClientKeys {

    public static final FixedClientKeys NONE = new FixedClientKeys(Map.of());

    @Override
    public Map<String, String> refreshed() {
        return current;
    }
}
