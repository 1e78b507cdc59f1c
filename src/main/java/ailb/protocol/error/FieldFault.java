package ailb.protocol.error;

import ailb.protocol.json.FieldPath;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.function.Function;

/**
 * What is wrong with a field.
 *
 * @param path from what was looked at to the field
 * @param rule what it has to be, to be put after its name
 */
public record FieldFault(String path, String rule) {

    public static Optional<FieldFault> of(String path, String rule) {
        return Optional.of(new FieldFault(path, rule));
    }

    /** The first fault within the elements of an array. */
    public static Optional<FieldFault> first(JsonNode array, Function<JsonNode, Optional<FieldFault>> fault) {
        for (int i = 0; i < array.size(); i++) {
            Optional<FieldFault> first = fault.apply(array.get(i));
            if (first.isPresent()) {
                return Optional.of(first.get().in("[" + i + "]"));
            }
        }
        return Optional.empty();
    }

    /** The same, from where {@code place} is looked at. */
    public FieldFault in(String place) {
        return new FieldFault(FieldPath.in(place, path), rule);
    }

    public ApiError error() {
        return ApiError.invalidRequest("'" + path + "' " + rule + ".", path);
    }
}
