package ailb.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks through the fields of an object. A null is as good as nothing. */
final class Fields {

    private Fields() {}

    /** The name of the first field that is given and not one of these. */
    static Optional<String> firstOther(JsonNode object, Set<String> known) {
        return object.properties()
                .stream()
                .filter(field -> !field.getValue().isNull() && !known.contains(field.getKey()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    static boolean isTextOrAbsent(JsonNode value) {
        return value.isTextual() || Json.isAbsent(value);
    }

    static boolean isBooleanOrAbsent(JsonNode value) {
        return value.isBoolean() || Json.isAbsent(value);
    }

    /** True where it is this string. */
    static boolean is(JsonNode value, String text) {
        return value.isTextual() && value.textValue().equals(text);
    }
}
