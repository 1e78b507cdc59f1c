package ailb.settings;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads texts that must follow one rule and be different. */
final class Unique {

    private final Rule<String> rule;
    private final Map<String, String> firstPaths = new HashMap<>();

    Unique(Rule<String> rule) {
        this.rule = rule;
    }

    Optional<String> read(JsonField field) {
        Optional<String> text = field.read(rule);
        text.ifPresent(given -> {
            String first = firstPaths.putIfAbsent(given, field.path());
            if (first != null) {
                field.refuse(RedactedValue.text(given) + " is taken by " + first + "; each must be different");
            }
        });
        return text;
    }
}
