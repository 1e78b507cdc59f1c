package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** JSON that fits a schema and has no more than it must; a string says the name of its property. */
final class SchemaSample {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final Map<String, String> FORMATS = Map.of(
            "date-time", "2026-01-01T00:00:00Z",
            "date", "2026-01-01",
            "time", "00:00:00Z",
            "email", "someone@example.com",
            "uri", "https://example.com",
            "uuid", "00000000-0000-4000-8000-000000000000");

    private final JsonNode root;

    private SchemaSample(JsonNode root) {
        this.root = root;
    }

    /** @param schema an object's; missing or empty, it is that of an empty object */
    static JsonNode of(JsonNode schema) {
        return schema.isEmpty() ? NODES.objectNode() : new SchemaSample(schema).sample(schema, "sample");
    }

    private JsonNode sample(JsonNode schema, String name) {
        if (schema.has("$ref")) {
            return sample(root.at(schema.path("$ref").textValue().substring(1)), name);
        }
        if (schema.has("const")) {
            return schema.path("const");
        }
        if (schema.has("enum")) {
            return schema.path("enum").path(0);
        }
        for (String choice : new String[]{"anyOf", "oneOf", "allOf"}) {
            if (schema.has(choice)) {
                return sample(schema.path(choice).path(0), name);
            }
        }
        JsonNode type = schema.path("type").isArray() ? schema.path("type").path(0) : schema.path("type");
        return switch (type.asText(schema.has("properties") ? "object" : "null")) {
            case "object" -> object(schema);
            case "array" -> array(schema, name);
            case "string" -> NODES.textNode(string(schema, name));
            case "integer", "number" -> NODES.numberNode(
                    Math.max(schema.path("minimum").asLong(0), schema.path("exclusiveMinimum").asLong(-1) + 1));
            case "boolean" -> NODES.booleanNode(true);
            default -> NODES.nullNode();
        };
    }

    private ObjectNode object(JsonNode schema) {
        ObjectNode object = NODES.objectNode();
        schema.path("required").forEach(required -> {
            String name = required.textValue();
            JsonNode property = schema.path("properties").path(name);
            object.set(name, property instanceof MissingNode ? NODES.nullNode() : sample(property, name));
        });
        return object;
    }

    private ArrayNode array(JsonNode schema, String name) {
        ArrayNode array = NODES.arrayNode();
        for (int i = 0; i < schema.path("minItems").asInt(); i++) {
            array.add(sample(schema.path("items"), name));
        }
        return array;
    }

    private static String string(JsonNode schema, String name) {
        String text = FORMATS.getOrDefault(schema.path("format").asText(), name);
        String longer = text + "x".repeat(Math.max(0, schema.path("minLength").asInt() - text.length()));
        return longer.substring(0, Math.min(longer.length(), schema.path("maxLength").asInt(longer.length())));
    }
}
