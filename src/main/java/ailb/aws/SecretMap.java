package ailb.aws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The names and keys in a secret. Never prints a key.
 *
 * @param keys usable keys by name, without the white space around them
 * @param faults what is wrong with the other keys, by name, as the end of a sentence
 */
record SecretMap(Map<String, String> keys, Map<String, String> faults) implements CachedSecret.Reading {

    private static final ObjectReader JSON =
            new JsonMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    SecretMap {
        keys = Map.copyOf(keys);
        faults = Map.copyOf(faults);
    }

    /** Reads a JSON object. Empty if the text is not one. */
    static Optional<SecretMap> parse(String json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            return Optional.empty(); // its message quotes the secret
        }
        if (!root.isObject()) {
            return Optional.empty();
        }
        Map<String, String> keys = new HashMap<>();
        Map<String, String> faults = new HashMap<>();
        root.properties().forEach(property -> {
            String key = property.getValue().asText().strip();
            fault(property.getValue(), key)
                    .ifPresentOrElse(
                            fault -> faults.put(property.getKey(), fault), () -> keys.put(property.getKey(), key));
        });
        return Optional.of(new SecretMap(keys, faults));
    }

    /** A key is sent in a header, so characters that a header cannot have are there by mistake. */
    private static Optional<String> fault(JsonNode value, String key) {
        if (!value.isTextual()) {
            return Optional.of("is not a text in quotes");
        }
        if (key.isEmpty()) {
            return Optional.of("is empty");
        }
        return key.chars().allMatch(character -> character >= ' ' && character <= '~')
                ? Optional.empty()
                : Optional.of("has a line break, another control character or a letter beyond ASCII in it");
    }

    @Override
    public String toString() {
        return "SecretMap[redacted]";
    }
}
