package ailb.protocol.translate;

import ailb.protocol.json.FieldPath;
import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What each provider takes of a JSON Schema that answers are to keep to. OpenAI's strict mode wants every property
 * required; Anthropic takes optional ones, but no bounds of numbers, lengths and lists. Both want objects closed.
 */
public final class JsonSchema {

    private static final List<String> UNKNOWN_TO_STRICT = List.of(
            "allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "default");

    /** In the order they are looked for. */
    private static final List<String> UNKNOWN_TO_ANTHROPIC = List.of(
            "exclusiveMaximum", "exclusiveMinimum", "maxItems", "maxLength", "maximum", "minLength", "minimum",
            "multipleOf", "uniqueItems");

    private static final String CLOSED = "additionalProperties";

    /** Where schemas stand within a schema: by name, and in a list. */
    private static final List<String> NAMED = List.of("properties", "$defs", "definitions");
    private static final List<String> LISTED = List.of("anyOf", "allOf", "oneOf", "prefixItems");

    private JsonSchema() {}

    /** Whether OpenAI's strict mode takes it. */
    public static boolean isStrict(JsonNode schema) {
        return Fields.is(schema.path("type"), "object")
                && !schema.has("anyOf")
                && firstFault(schema, part -> Fields.unless(isStrictPart(part), "")).isEmpty();
    }

    /** The path, from the schema on, of the first part that Anthropic does not keep to: {@code .properties.age.minimum}. */
    public static Optional<String> faultAtAnthropic(JsonNode schema) {
        return firstFault(schema, JsonSchema::partFault);
    }

    /**
     * The first fault of a schema and those within it.
     *
     * @param fault what is wrong with one, those within it left aside
     */
    private static Optional<String> firstFault(JsonNode schema, Function<JsonNode, Optional<String>> fault) {
        Optional<String> own = fault.apply(schema);
        if (own.isPresent()) {
            return own;
        }
        for (String named : NAMED) {
            for (Map.Entry<String, JsonNode> one : schema.path(named).properties()) {
                Optional<String> first = firstFault(one.getValue(), fault);
                if (first.isPresent()) {
                    return Optional.of(
                            FieldPath.in("." + named + "." + FieldPath.name(one.getKey()), first.get()));
                }
            }
        }
        for (String listed : LISTED) {
            JsonNode schemas = schema.path(listed);
            for (int i = 0; i < schemas.size(); i++) {
                Optional<String> first = firstFault(schemas.path(i), fault);
                if (first.isPresent()) {
                    return Optional.of(FieldPath.in("." + listed + "[" + i + "]", first.get()));
                }
            }
        }
        return schema.path("items").isObject()
                ? firstFault(schema.path("items"), fault).map(path -> FieldPath.in(".items", path))
                : Optional.empty();
    }

    /** What Anthropic refuses, or would take for something else. */
    private static Optional<String> partFault(JsonNode part) {
        for (String unknown : UNKNOWN_TO_ANTHROPIC) {
            if (part.has(unknown)) {
                return Optional.of("." + unknown);
            }
        }
        if (part.path("minItems").asInt() > 1) {
            return Optional.of(".minItems");
        }
        // Closed, an object of any properties would be one of none.
        boolean canBeClosed = Json.isAbsent(part.path(CLOSED)) && (!isObject(part) || part.has("properties"));
        return Fields.unless(canBeClosed || isClosed(part), "." + CLOSED);
    }

    private static boolean isStrictPart(JsonNode part) {
        for (String unknown : UNKNOWN_TO_STRICT) {
            if (part.has(unknown)) {
                return false;
            }
        }
        return !isObject(part) || (isClosed(part) && requiresAll(part));
    }

    private static boolean isObject(JsonNode part) {
        JsonNode type = part.path("type");
        if (Fields.is(type, "object") || part.has("properties")) {
            return true;
        }
        for (JsonNode one : type) {
            if (Fields.is(one, "object")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isClosed(JsonNode part) {
        return part.path(CLOSED).isBoolean() && !part.path(CLOSED).booleanValue();
    }

    private static boolean requiresAll(JsonNode part) {
        Set<String> required = new HashSet<>();
        part.path("required").forEach(one -> required.add(one.asText()));
        return part.path("properties").propertyStream().allMatch(property -> required.contains(property.getKey()));
    }

    /** The schema with objects closed that leave it open: what keeps to it keeps to the one given. */
    public static ObjectNode closed(ObjectNode schema) {
        ObjectNode closed = Json.object().setAll(schema);
        for (String named : NAMED) {
            if (schema.path(named) instanceof ObjectNode schemas) {
                closed.set(named, closedAll(schemas));
            }
        }
        for (String listed : LISTED) {
            if (schema.path(listed) instanceof ArrayNode schemas) {
                ArrayNode all = JsonNodeFactory.instance.arrayNode(schemas.size());
                schemas.forEach(one -> all.add(closedPart(one)));
                closed.set(listed, all);
            }
        }
        if (schema.path("items") instanceof ObjectNode items) {
            closed.set("items", closedPart(items));
        }
        return isObject(schema) ? closed.put(CLOSED, false) : closed;
    }

    private static ObjectNode closedAll(ObjectNode schemas) {
        ObjectNode all = Json.object();
        schemas.properties().forEach(one -> all.set(one.getKey(), closedPart(one.getValue())));
        return all;
    }

    private static JsonNode closedPart(JsonNode part) {
        return part instanceof ObjectNode schema && !schema.isEmpty() ? closed(schema) : part;
    }
}
