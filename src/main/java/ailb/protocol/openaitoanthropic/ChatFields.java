package ailb.protocol.openaitoanthropic;

import static ailb.protocol.translate.FieldRule.is;
import static ailb.protocol.translate.FieldRule.leftOut;
import static ailb.protocol.translate.FieldRule.refused;
import static ailb.protocol.translate.FieldRule.translated;
import static ailb.protocol.translate.FieldRule.translatedInParts;

import ailb.protocol.json.FieldPath;
import ailb.protocol.json.Fields;
import ailb.protocol.translate.FieldRule;
import ailb.protocol.translate.MessageText;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The table of how each field of a chat request is translated for Anthropic; docs/translation.md shows it too. Fields
 * that are not in it are refused, so a new field of OpenAI's is never silently dropped.
 */
public final class ChatFields {

    public static final Map<String, FieldRule> RULES = Map.ofEntries(
            translated("model", _ -> true),
            translated("messages", _ -> true), // see ChatMessages and ChatOrder
            translated("max_tokens", _ -> true),
            translated("max_completion_tokens", _ -> true),
            translated("temperature", _ -> true),
            translated("top_p", _ -> true),
            translated("stop", ChatFields::isStop),
            translatedInParts("tools", ChatTools::fault),
            translatedInParts("tool_choice", ChatTools::choiceFault),
            translated("parallel_tool_calls", JsonNode::isBoolean),
            translatedInParts("response_format", ChatFormat::fault),
            translated("reasoning_effort", ChatThinking::isEffort),
            translated("user", JsonNode::isTextual),
            translated("safety_identifier", JsonNode::isTextual),
            translated("metadata", JsonNode::isObject), // only user_id; nothing is stored that others could label
            translated("service_tier", is("\"auto\"").or(is("\"default\""))),
            translated("stream", JsonNode::isBoolean),
            translatedInParts("stream_options", ChatFields::streamOptionsFault),
            leftOut("store", is("false")),
            leftOut("n", is("1")),
            leftOut("logprobs", is("false")),
            leftOut("top_logprobs", is("0")),
            leftOut("logit_bias", is("{}")),
            leftOut("frequency_penalty", ChatFields::isZero),
            leftOut("presence_penalty", ChatFields::isZero),
            leftOut("modalities", is("[\"text\"]")),
            leftOut("verbosity", is("\"medium\"")),
            leftOut("prompt_cache_key", _ -> true), // hints for OpenAI's cache
            leftOut("prompt_cache_retention", _ -> true),
            refused("seed"),
            refused("audio"),
            refused("prediction"),
            refused("web_search_options"),
            refused("functions"), // replaced by tools
            refused("function_call"));

    private ChatFields() {}

    /** The path of the first field that has no equivalent, or empty. */
    public static Optional<String> firstUnsupported(ObjectNode root) {
        return FieldRule.firstFault(RULES, root)
                .or(() -> conflict(root))
                .or(() -> ChatMessages.fault(root.path("messages")))
                .or(() -> ChatOrder.fault(root.path("messages")))
                .map(path -> FieldPath.in("", path));
    }

    /** Fields that can be served alone but not together. */
    private static Optional<String> conflict(ObjectNode root) {
        return ChatTools.forced(root) && !ChatTools.given(root)
                ? Optional.of("tool_choice")
                : ChatThinking.conflict(root);
    }

    private static boolean isZero(JsonNode value) {
        return value.isNumber() && value.doubleValue() == 0;
    }

    /** {@code include_usage} is not sent: the balancer itself shows or hides the usage. */
    private static Optional<String> streamOptionsFault(JsonNode options) {
        return Fields.firstOther(options, Set.of("include_usage"))
                .or(() -> options.isObject() && Fields.isBooleanOrAbsent(options.path("include_usage"))
                        ? Optional.empty()
                        : Optional.of("include_usage"))
                .map(field -> "stream_options." + field);
    }

    /** Anthropic refuses a stop sequence of white space only. */
    private static boolean isStop(JsonNode stop) {
        if (stop.isTextual()) {
            return !MessageText.isBlank(stop.textValue());
        }
        for (JsonNode one : stop) {
            if (MessageText.isBlank(one.textValue())) {
                return false;
            }
        }
        return true;
    }
}
