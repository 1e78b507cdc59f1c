package ailb.settings;

import static java.util.stream.Collectors.joining;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Files for tests: one valid endpoint with as few fields as possible, to be changed a field at a time. */
record EndpointJson(Map<String, String> fields) {

    static EndpointJson minimal() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("name", "\"a\"");
        fields.put("provider", "\"openai\"");
        fields.put("model_id", "\"gpt\"");
        fields.put("models", "[\"chat\"]");
        fields.put("api_key", "\"key-a\"");
        return new EndpointJson(fields);
    }

    EndpointJson with(String field, String json) {
        Map<String, String> changed = new LinkedHashMap<>(fields);
        changed.put(field, json);
        return new EndpointJson(changed);
    }

    EndpointJson without(String field) {
        Map<String, String> changed = new LinkedHashMap<>(fields);
        changed.remove(field);
        return new EndpointJson(changed);
    }

    String json() {
        return fields.entrySet()
                .stream()
                .map(field -> "\"" + field.getKey() + "\": " + field.getValue())
                .collect(joining(", ", "{", "}"));
    }

    byte[] file() {
        return fileOf(List.of(this), "");
    }

    /** A file of these endpoints; {@code more} is further text before the last brace. */
    static byte[] fileOf(List<EndpointJson> endpoints, String more) {
        String list = endpoints.stream().map(EndpointJson::json).collect(joining(",\n"));
        return bytes("{\"endpoints\": [" + list + "]" + more + "}");
    }

    static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
