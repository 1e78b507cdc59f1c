package ailb.protocol.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Checks the fields of an object. A field that is null counts as absent. */
public final class Fields {

    private Fields() {}

    /** The name of the first field that is present and not in {@code known}. */
    public static Optional<String> firstOther(JsonNode object, Set<String> known) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (!field.getValue().isNull() && !known.contains(field.getKey())) {
                return Optional.of(FieldPath.name(field.getKey()));
            }
        }
        return Optional.empty();
    }

    /** The path of the first fault within the elements of an array, with the element's index: {@code [2].type}. */
    public static Optional<String> firstFault(JsonNode array, Function<JsonNode, Optional<String>> fault) {
        for (int i = 0; i < array.size(); i++) {
            Optional<String> first = fault.apply(array.path(i));
            if (first.isPresent()) {
                return Optional.of("[" + i + "]." + first.get());
            }
        }
        return Optional.empty();
    }

    /** The field's name, unless the field is served. */
    public static Optional<String> unless(boolean served, String field) {
        return served ? Optional.empty() : Optional.of(field);
    }

    public static boolean isTextOrAbsent(JsonNode value) {
        return value.isTextual() || Json.isAbsent(value);
    }

    public static boolean isBooleanOrAbsent(JsonNode value) {
        return value.isBoolean() || Json.isAbsent(value);
    }

    /** Whether the value is this string. */
    public static boolean is(JsonNode value, String text) {
        return value.isTextual() && value.textValue().equals(text);
    }
}
