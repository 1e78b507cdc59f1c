package ailb.api;

import java.util.Map;

/** No keys. */
public final class NobodysKeys implements ClientKeys {

    @Override
    public Map<String, String> current() {
        return Map.of();
    }

    @Override
    public Map<String, String> refreshed() {
        return Map.of();
    }
}
