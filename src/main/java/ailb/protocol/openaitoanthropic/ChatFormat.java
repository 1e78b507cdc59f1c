package ailb.protocol.openaitoanthropic;

import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import ailb.protocol.translate.JsonSchema;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/** Translates {@code response_format} to {@code output_config.format}, which supports JSON only with a schema. */
final class ChatFormat {

    private ChatFormat() {}

    /** The path of the part of {@code response_format} that has no equivalent. */
    static Optional<String> fault(JsonNode format) {
        if (Fields.is(format.path("type"), "text") && format.size() == 1) {
            return Optional.empty();
        }
        if (!Fields.is(format.path("type"), "json_schema")) {
            return Optional.of("response_format");
        }
        JsonNode named = format.path("json_schema");
        return Fields.firstOther(format, Set.of("type", "json_schema"))
                .or(() -> schemaFault(named).map(field -> "json_schema." + field))
                .map(field -> "response_format." + field);
    }

    /** The name is only a label. Anthropic enforces every schema, as OpenAI does in strict mode. */
    private static Optional<String> schemaFault(JsonNode named) {
        JsonNode description = named.path("description");
        return Fields.firstOther(named, Set.of("name", "description", "schema", "strict"))
                .or(() -> named.path("schema").isObject() ? Optional.empty() : Optional.of("schema"))
                .or(() -> JsonSchema.faultAtAnthropic(named.path("schema")).map(path -> "schema" + path))
                .or(() -> Fields.isBooleanOrAbsent(named.path("strict")) ? Optional.empty() : Optional.of("strict"))
                .or(() -> Json.isAbsent(description)
                        || (description.isTextual() && !named.path("schema").has("description"))
                                ? Optional.empty()
                                : Optional.of("description"));
    }

    /** Puts the description into the schema, where JSON Schema has a keyword for it. */
    static void put(ObjectNode root, ObjectNode body) {
        JsonNode named = root.path("response_format").path("json_schema");
        if (!(named.path("schema") instanceof ObjectNode given)) {
            return;
        }
        ObjectNode schema = JsonSchema.closed(given);
        if (named.path("description").isTextual()) {
            schema.set("description", named.path("description"));
        }
        body.withObjectProperty("output_config")
                .putObject("format")
                .put("type", "json_schema")
                .set("schema", schema);
    }
}
