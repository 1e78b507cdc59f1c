package ailb.settings;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the fields of one JSON object. {@link #refuseOthers} refuses all fields that were not asked for. */
final class Fields {

    private final JsonField object;
    private final Set<String> known = new LinkedHashSet<>();

    Fields(JsonField object) {
        this.object = object;
    }

    /** The field, whatever its value; empty where it is left out. */
    Optional<JsonField> field(String name) {
        known.add(name);
        return Optional.ofNullable(object.value().get(name)).map(value -> at(name, value));
    }

    /** The field, where null means the same as leaving it out. */
    Optional<JsonField> nullable(String name) {
        return field(name).filter(field -> !field.value().isNull());
    }

    /** A required field. {@code wanted} describes the value in the error for a missing field. */
    Optional<JsonField> required(String name, String wanted) {
        Optional<JsonField> field = field(name);
        if (field.isEmpty()) {
            refuse(name, "is missing; it must be " + wanted);
        }
        return field;
    }

    /** The value of a required field. If it is missing or invalid, notes the problem and returns {@code standIn}. */
    <T> T required(String name, Rule<T> rule, T standIn) {
        return required(name, rule.wanted()).flatMap(field -> field.read(rule)).orElse(standIn);
    }

    /** The value of an optional field, or its default if it is left out. Null is refused. */
    <T> T orDefault(String name, Rule<T> rule, T byDefault) {
        return field(name).flatMap(field -> field.read(rule)).orElse(byDefault);
    }

    /** The value of an optional field; empty if it is left out or null. */
    <T> Optional<T> optional(String name, Rule<T> rule) {
        return nullable(name).flatMap(field -> field.read(rule));
    }

    void refuseOthers() {
        for (Map.Entry<String, JsonNode> field : object.value().properties()) {
            String name = field.getKey();
            if (!known.contains(name)) {
                String hint = NearestWord.to(name, known).map(near -> " did you mean " + near + "?").orElse("");
                refuse(name, "unknown field;" + hint + " allowed: " + String.join(", ", known));
            }
        }
    }

    private JsonField at(String name, JsonNode value) {
        return new JsonField(JsonField.fieldPath(object.path(), name), value, object.problems());
    }

    private void refuse(String name, String problem) {
        object.problems().add(JsonField.fieldPath(object.path(), name), problem);
    }
}
