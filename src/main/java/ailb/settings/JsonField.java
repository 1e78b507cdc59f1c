package ailb.settings;

import ailb.settings.ParsedValue.Bad;
import ailb.settings.ParsedValue.Good;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One value of a file and its path. An invalid value is noted in {@code problems} and returned as empty, so that
 * reading continues.
 */
record JsonField(String path, JsonNode value, Problems problems) {

    static String fieldPath(String path, String name) {
        return path.isEmpty() ? RedactedValue.field(name) : path + "." + RedactedValue.field(name);
    }

    static String elementPath(String path, int index) {
        return path + "[" + index + "]";
    }

    <T> Optional<T> read(Rule<T> rule) {
        return switch (rule.read(value)) {
            case Good<T>(T good) -> Optional.of(good);
            case Bad<T>(String problem) -> {
                refuse(problem);
                yield Optional.empty();
            }
        };
    }

    Optional<Fields> fields() {
        if (value.isObject()) {
            return Optional.of(new Fields(this));
        }
        refuse("must be an object, not " + RedactedValue.of(value));
        return Optional.empty();
    }

    /** The elements of a list, which must have 1 to {@code most}. */
    List<JsonField> elements(int most) {
        String wanted = "must be a list of 1 to " + most + ", not ";
        if (!value.isArray()) {
            refuse(wanted + RedactedValue.of(value));
            return List.of();
        }
        if (value.isEmpty() || value.size() > most) {
            refuse(wanted + (value.isEmpty() ? "an empty one" : "one of " + value.size()));
            return List.of();
        }
        List<JsonField> elements = new ArrayList<>();
        for (JsonNode element : value) {
            elements.add(new JsonField(elementPath(path, elements.size()), element, problems));
        }
        return elements;
    }

    void refuse(String problem) {
        problems.add(path, problem);
    }
}
