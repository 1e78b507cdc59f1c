package ailb.settings;

import ailb.settings.Reading.Bad;
import ailb.settings.Reading.Good;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One value of a file, and where it stands. What cannot be read is noted in {@code problems} and comes back empty, so
 * that reading goes on.
 */
record Cursor(String path, JsonNode value, Problems problems) {

    static String fieldPath(String path, String name) {
        return path.isEmpty() ? Echo.field(name) : path + "." + Echo.field(name);
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
        refuse("must be an object, not " + Echo.of(value));
        return Optional.empty();
    }

    /** The elements of a list of 1 to {@code most}. */
    List<Cursor> elements(int most) {
        String wanted = "must be a list of 1 to " + most + ", not ";
        if (!value.isArray()) {
            refuse(wanted + Echo.of(value));
            return List.of();
        }
        if (value.isEmpty() || value.size() > most) {
            refuse(wanted + (value.isEmpty() ? "an empty one" : "one of " + value.size()));
            return List.of();
        }
        List<Cursor> elements = new ArrayList<>();
        for (JsonNode element : value) {
            elements.add(new Cursor(elementPath(path, elements.size()), element, problems));
        }
        return elements;
    }

    void refuse(String problem) {
        problems.add(path, problem);
    }
}
