package ailb.local;

import ailb.port.ApiKeys;
import java.util.Map;

/** API keys that are known from the start: those of the simulated providers, or none. */
record BuiltInKeys(Map<String, String> values) implements ApiKeys {

    @Override
    public Lookup get(String name) {
        String value = values.get(name);
        return value == null
                ? new Missing("There is no API key named '" + name + "': write {\"" + name
                        + "\": \"<the key>\"} to a file keys.json and start the server with KEYS_FILE=keys.json.")
                : new ApiKey(value);
    }

    @Override
    public Lookup refresh(String name, ApiKey refused) {
        return get(name);
    }

    /** Names only. */
    @Override
    public String toString() {
        return "BuiltInKeys" + values.keySet();
    }
}
