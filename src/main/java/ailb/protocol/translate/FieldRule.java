package ailb.protocol.translate;

import static java.util.Map.entry;

import ailb.protocol.json.FieldPath;
import ailb.protocol.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How to translate one field of a request to the other protocol.
 *
 * @param fault returns the path of the part of a non-null value that cannot be served
 */
public record FieldRule(Fate fate, Function<JsonNode, Optional<String>> fault) {

    /** What happens to a field whose value the rule can serve. Other values are refused by name. */
    public enum Fate {
        TRANSLATED,
        /** The answer is the same without it. */
        LEFT_OUT,
        /** No value has an equivalent. */
        REFUSED
    }

    public static Map.Entry<String, FieldRule> translated(String field, Predicate<JsonNode> served) {
        return entry(field, rule(Fate.TRANSLATED, field, served));
    }

    /** A field whose parts are checked. */
    public static Map.Entry<String, FieldRule> translatedInParts(String field,
            Function<JsonNode, Optional<String>> fault) {
        return entry(field, new FieldRule(Fate.TRANSLATED, fault));
    }

    public static Map.Entry<String, FieldRule> leftOut(String field, Predicate<JsonNode> served) {
        return entry(field, rule(Fate.LEFT_OUT, field, served));
    }

    public static Map.Entry<String, FieldRule> refused(String field) {
        return entry(field, rule(Fate.REFUSED, field, _ -> false));
    }

    private static FieldRule rule(Fate fate, String field, Predicate<JsonNode> served) {
        return new FieldRule(fate, value -> served.test(value) ? Optional.empty() : Optional.of(field));
    }

    public static Predicate<JsonNode> is(String json) {
        JsonNode expected = Json.parse(json).orElseThrow();
        return expected::equals;
    }

    /**
     * The path of the first part of a request that cannot be served. Fields without a rule are refused; fields that are
     * null are accepted.
     */
    public static Optional<String> firstFault(Map<String, FieldRule> rules, ObjectNode root) {
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            FieldRule rule = rules.get(field.getKey());
            Optional<String> fault = field.getValue().isNull()
                    ? Optional.empty()
                    : rule == null
                            ? Optional.of(FieldPath.name(field.getKey()))
                            : rule.fault().apply(field.getValue());
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }
}
