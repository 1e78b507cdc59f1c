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
 * Checks which JSON Schemas for answers each provider accepts. OpenAI's strict mode requires every property to be
 * required. Anthropic accepts optional properties, but no bounds on numbers, lengths and lists. Both require
 * {@code "additionalProperties": false}.
 */
public final class JsonSchema {

    private static final List<String> UNKNOWN_TO_STRICT = List.of(
            "allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "default");

    /** In the order they are looked for. */
    private static final List<String> UNKNOWN_TO_ANTHROPIC = List.of(
            "exclusiveMaximum", "exclusiveMinimum", "maxItems", "maxLength", "maximum", "minLength", "minimum",
            "multipleOf", "uniqueItems");

    private static final String CLOSED = "additionalProperties";

    /** Keywords that contain further schemas: by name, and in a list. */
    private static final List<String> NAMED = List.of("properties", "$defs", "definitions");
    private static final List<String> LISTED = List.of("anyOf", "allOf", "oneOf", "prefixItems");

    private JsonSchema() {}

    /** Whether OpenAI's strict mode accepts the schema. */
    public static boolean isStrict(JsonNode schema) {
        return Fields.is(schema.path("type"), "object")
                && !schema.has("anyOf")
                && firstFault(schema, part -> Fields.unless(isStrictPart(part), "")).isEmpty();
    }

    /**
     * The path, from the schema's root, of the first part that Anthropic does not support:
     * {@code .properties.age.minimum}.
     */
    public static Optional<String> faultAtAnthropic(JsonNode schema) {
        return firstFault(schema, JsonSchema::partFault);
    }

    /**
     * The first fault of a schema and those within it.
     *
     * @param fault checks one schema without its nested schemas
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

    /** The first part that Anthropic refuses or would read differently. */
    private static Optional<String> partFault(JsonNode part) {
        for (String unknown : UNKNOWN_TO_ANTHROPIC) {
            if (part.has(unknown)) {
                return Optional.of("." + unknown);
            }
        }
        if (part.path("minItems").asInt() > 1) {
            return Optional.of(".minItems");
        }
        // Closing an object without declared properties would allow no properties at all.
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

    /**
     * The schema with {@code "additionalProperties": false} in objects that do not say. Every value that fits the
     * result also fits the given schema.
     */
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
