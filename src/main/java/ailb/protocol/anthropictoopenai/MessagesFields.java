package ailb.protocol.anthropictoopenai;

import static ailb.protocol.translate.FieldRule.is;
import static ailb.protocol.translate.FieldRule.leftOut;
import static ailb.protocol.translate.FieldRule.refused;
import static ailb.protocol.translate.FieldRule.translated;
import static ailb.protocol.translate.FieldRule.translatedInParts;

import ailb.protocol.json.FieldPath;
import ailb.protocol.json.Fields;
import ailb.protocol.translate.FieldRule;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The table of how each field of a messages request is translated for OpenAI; docs/translation.md shows it too. Fields
 * that are not in it are refused, so a new field of Anthropic's is never silently dropped.
 */
public final class MessagesFields {

    private static final int MAX_STOPS = 4;

    public static final Map<String, FieldRule> RULES = Map.ofEntries(
            translated("model", _ -> true),
            translated("messages", _ -> true), // see MessagesTurns
            translatedInParts("system", MessagesTurns::systemFault),
            translated("max_tokens", most -> most.intValue() > 0),
            translated("temperature", JsonNode::isNumber),
            translated("top_p", JsonNode::isNumber),
            translated("stop_sequences", MessagesFields::areStops),
            translatedInParts("tools", MessagesTools::fault),
            translatedInParts("tool_choice", MessagesTools::choiceFault),
            translatedInParts("thinking", MessagesThinking::fault),
            translatedInParts("output_config", MessagesOutput::fault),
            translatedInParts("metadata", MessagesFields::metadataFault),
            translated("service_tier", is("\"auto\"").or(is("\"standard_only\""))),
            translated("stream", JsonNode::isBoolean),
            leftOut("cache_control", _ -> true), // OpenAI's caches need no marks
            refused("top_k"),
            refused("container"),
            refused("mcp_servers"),
            refused("context_management"));

    private MessagesFields() {}

    /** The path of the first field that has no equivalent, or empty. */
    public static Optional<String> firstUnsupported(ObjectNode root) {
        return FieldRule.firstFault(RULES, root)
                .or(() -> conflict(root))
                .or(() -> MessagesTurns.fault(root.path("messages")))
                .map(path -> FieldPath.in("", path));
    }

    /** Fields that can be served alone but not together. */
    private static Optional<String> conflict(ObjectNode root) {
        return MessagesTools.forced(root) && !MessagesTools.given(root)
                ? Optional.of("tool_choice")
                : MessagesThinking.conflict(root);
    }

    private static boolean areStops(JsonNode stops) {
        return stops.isArray() && stops.size() <= MAX_STOPS && stops.valueStream().allMatch(JsonNode::isTextual);
    }

    private static Optional<String> metadataFault(JsonNode metadata) {
        return metadata.isObject()
                ? Fields.firstOther(metadata, Set.of("user_id"))
                        .or(() -> Fields.unless(Fields.isTextOrAbsent(metadata.path("user_id")), "user_id"))
                        .map(field -> "metadata." + field)
                : Optional.of("metadata");
    }
}
