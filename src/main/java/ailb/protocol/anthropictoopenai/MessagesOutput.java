package ailb.protocol.anthropictoopenai;

import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import ailb.protocol.translate.JsonSchema;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/**
 * {@code output_config}: translates the answer's format to {@code response_format}. {@link MessagesThinking} translates
 * the effort.
 */
final class MessagesOutput {

    private MessagesOutput() {}

    /** The path of the part of {@code output_config} that has no equivalent. */
    static Optional<String> fault(JsonNode config) {
        JsonNode effort = config.path("effort");
        JsonNode format = config.path("format");
        return config.isObject()
                ? Fields.firstOther(config, Set.of("effort", "format"))
                        .or(() -> Fields.unless(Json.isAbsent(effort) || MessagesThinking.isEffort(effort), "effort"))
                        .or(() -> formatFault(format).map(field -> "format." + field))
                        .map(field -> "output_config." + field)
                : Optional.of("output_config");
    }

    private static Optional<String> formatFault(JsonNode format) {
        if (Json.isAbsent(format)) {
            return Optional.empty();
        }
        return Fields.unless(Fields.is(format.path("type"), "json_schema"), "type")
                .or(() -> Fields.firstOther(format, Set.of("type", "schema")))
                .or(() -> Fields.unless(format.path("schema").isObject(), "schema"));
    }

    /**
     * OpenAI requires a name for a schema. A schema that strict mode would refuse is sent without strict mode: OpenAI
     * then follows it as well as it can.
     */
    static void put(ObjectNode root, ObjectNode body) {
        JsonNode schema = root.path("output_config").path("format").path("schema");
        if (schema.isObject()) {
            body.putObject("response_format")
                    .put("type", "json_schema")
                    .putObject("json_schema")
                    .put("name", "answer")
                    .put("strict", JsonSchema.isStrict(schema))
                    .set("schema", schema);
        }
    }
}
