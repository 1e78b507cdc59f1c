package ailb.protocol.error;

import ailb.protocol.json.FieldPath;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.function.Function;

/**
 * What is wrong with a field.
 *
 * @param path from the checked value to the field
 * @param rule what the field must be; follows its name in a message
 */
public record FieldFault(String path, String rule) {

    public static Optional<FieldFault> of(String path, String rule) {
        return Optional.of(new FieldFault(path, rule));
    }

    /** The first fault in the elements of an array. */
    public static Optional<FieldFault> first(JsonNode array, Function<JsonNode, Optional<FieldFault>> fault) {
        for (int i = 0; i < array.size(); i++) {
            Optional<FieldFault> first = fault.apply(array.get(i));
            if (first.isPresent()) {
                return Optional.of(first.get().in("[" + i + "]"));
            }
        }
        return Optional.empty();
    }

    /** The same fault with {@code place} before its path. */
    public FieldFault in(String place) {
        return new FieldFault(FieldPath.in(place, path), rule);
    }

    public ApiError error() {
        return ApiError.invalidRequest("'" + path + "' " + rule + ".", path);
    }
}
