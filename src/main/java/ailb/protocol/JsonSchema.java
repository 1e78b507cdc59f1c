package ailb.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What each provider takes of a JSON Schema that answers are to keep to. OpenAI's strict mode wants every property
 * required; Anthropic takes optional ones, but no bounds of numbers, lengths and lists. Both want objects closed.
 */
final class JsonSchema {

    private static final Set<String> UNKNOWN_TO_STRICT = Set.of(
            "allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "default");

    private static final Set<String> UNKNOWN_TO_ANTHROPIC = Set.of(
            "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
            "maxItems", "uniqueItems");

    private static final String CLOSED = "additionalProperties";

    private JsonSchema() {}

    /** One of the schemas within a schema, or itself. */
    private record Part(String path, JsonNode schema) {

        boolean isObject() {
            JsonNode type = schema.path("type");
            return Fields.is(type, "object")
                    || type.valueStream().anyMatch(one -> Fields.is(one, "object"))
                    || schema.has("properties");
        }

        boolean isClosed() {
            return schema.path(CLOSED).isBoolean() && !schema.path(CLOSED).booleanValue();
        }

        boolean requiresAll() {
            Set<String> required =
                    schema.path("required").valueStream().map(JsonNode::asText).collect(Collectors.toSet());
            return schema.path("properties")
                    .propertyStream()
                    .allMatch(property -> required.contains(property.getKey()));
        }

        /** What Anthropic refuses, or would take for something else. */
        Optional<String> fault() {
            Optional<String> unknown =
                    UNKNOWN_TO_ANTHROPIC.stream().filter(schema::has).sorted().findFirst();
            return unknown
                    .or(() -> Fields.unless(schema.path("minItems").asInt() <= 1, "minItems"))
                    .or(() -> Fields.unless(Json.isAbsent(schema.path(CLOSED)) || isClosed(), CLOSED))
                    // Closed, an object of any properties would be one of none.
                    .or(() -> Fields.unless(!isObject() || isClosed() || schema.has("properties"), CLOSED))
                    .map(field -> path + "." + field);
        }
    }

    /** Whether OpenAI's strict mode takes it. */
    static boolean isStrict(JsonNode schema) {
        return Fields.is(schema.path("type"), "object")
                && !schema.has("anyOf")
                && parts(schema).stream()
                        .allMatch(part -> UNKNOWN_TO_STRICT.stream().noneMatch(part.schema()::has)
                                && (!part.isObject() || (part.isClosed() && part.requiresAll())));
    }

    /** The path, from the schema on, of the first part that Anthropic does not keep to: {@code .properties.age.minimum}. */
    static Optional<String> faultAtAnthropic(JsonNode schema) {
        return parts(schema).stream().map(Part::fault).flatMap(Optional::stream).findFirst();
    }

    /** The schema with objects closed that leave it open: what keeps to it keeps to the one given. */
    static ObjectNode closed(ObjectNode schema) {
        ObjectNode closed = schema.deepCopy();
        for (Part part : parts(closed)) {
            if (part.isObject() && part.schema() instanceof ObjectNode object) {
                object.put(CLOSED, false);
            }
        }
        return closed;
    }

    private static List<Part> parts(JsonNode schema) {
        List<Part> parts = new ArrayList<>();
        add(parts, new Part("", schema));
        return parts;
    }

    private static void add(List<Part> parts, Part part) {
        parts.add(part);
        for (String named : List.of("properties", "$defs", "definitions")) {
            part.schema()
                    .path(named)
                    .properties()
                    .forEach(one -> add(parts, new Part(
                            part.path() + "." + named + "." + one.getKey(), one.getValue())));
        }
        for (String listed : List.of("anyOf", "allOf", "oneOf", "prefixItems")) {
            JsonNode schemas = part.schema().path(listed);
            for (int i = 0; i < schemas.size(); i++) {
                add(parts, new Part(part.path() + "." + listed + "[" + i + "]", schemas.path(i)));
            }
        }
        if (part.schema().path("items").isObject()) {
            add(parts, new Part(part.path() + ".items", part.schema().path("items")));
        }
    }
}
