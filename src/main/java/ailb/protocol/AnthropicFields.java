package ailb.protocol;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The one table of what becomes of a chat request's fields on their way to Anthropic; README shows it too. What is not
 * in it is refused, so a field that OpenAI adds tomorrow is refused and not dropped.
 */
final class AnthropicFields {

    /** What becomes of a field, at the values that its {@link Rule} serves. Other values are refused by name. */
    enum Fate {
        TRANSLATED,
        /** The answer is the same without it. */
        LEFT_OUT,
        /** There is no equivalent of any value. */
        REFUSED
    }

    /** @param fault the path of what cannot be served in a value that is not null */
    record Rule(Fate fate, Function<JsonNode, Optional<String>> fault) {}

    static final Map<String, Rule> RULES = Map.ofEntries(
            translated("model", _ -> true),
            translated("messages", _ -> true), // see AnthropicMessages and AnthropicConversation
            translated("max_tokens", _ -> true),
            translated("max_completion_tokens", _ -> true),
            translated("temperature", _ -> true),
            translated("top_p", _ -> true),
            translated("stop", AnthropicFields::isStop),
            entry("tools", new Rule(Fate.TRANSLATED, AnthropicTools::fault)),
            entry("tool_choice", new Rule(Fate.TRANSLATED, AnthropicTools::choiceFault)),
            translated("parallel_tool_calls", JsonNode::isBoolean),
            entry("response_format", new Rule(Fate.TRANSLATED, AnthropicFormat::fault)),
            translated("reasoning_effort", AnthropicThinking::isEffort),
            translated("user", JsonNode::isTextual),
            translated("safety_identifier", JsonNode::isTextual),
            translated("metadata", JsonNode::isObject), // its user_id; the rest labels what is stored, and nothing is
            translated("service_tier", is("\"auto\"").or(is("\"default\""))),
            translated("stream", JsonNode::isBoolean),
            entry("stream_options", new Rule(Fate.TRANSLATED, AnthropicFields::streamOptionsFault)),
            leftOut("store", is("false")),
            leftOut("n", is("1")),
            leftOut("logprobs", is("false")),
            leftOut("top_logprobs", is("0")),
            leftOut("logit_bias", is("{}")),
            leftOut("frequency_penalty", AnthropicFields::isZero),
            leftOut("presence_penalty", AnthropicFields::isZero),
            leftOut("modalities", is("[\"text\"]")),
            leftOut("verbosity", is("\"medium\"")),
            leftOut("prompt_cache_key", _ -> true), // hints for OpenAI's cache
            leftOut("prompt_cache_retention", _ -> true),
            refused("seed"),
            refused("audio"),
            refused("prediction"),
            refused("web_search_options"),
            refused("functions"), // tools took their place
            refused("function_call"));

    private AnthropicFields() {}

    /** The path of what cannot be served in a field that is given. */
    static Optional<String> fault(String field, JsonNode value) {
        Rule rule = RULES.get(field);
        return rule == null ? Optional.of(field) : rule.fault().apply(value);
    }

    private static Map.Entry<String, Rule> translated(String field, Predicate<JsonNode> served) {
        return entry(field, rule(Fate.TRANSLATED, field, served));
    }

    private static Map.Entry<String, Rule> leftOut(String field, Predicate<JsonNode> served) {
        return entry(field, rule(Fate.LEFT_OUT, field, served));
    }

    private static Map.Entry<String, Rule> refused(String field) {
        return entry(field, rule(Fate.REFUSED, field, _ -> false));
    }

    private static Rule rule(Fate fate, String field, Predicate<JsonNode> served) {
        return new Rule(fate, value -> served.test(value) ? Optional.empty() : Optional.of(field));
    }

    private static Predicate<JsonNode> is(String json) {
        return value -> value.toString().equals(json);
    }

    private static boolean isZero(JsonNode value) {
        return value.isNumber() && value.doubleValue() == 0;
    }

    /** Whether the usage is shown is ours to do. */
    private static Optional<String> streamOptionsFault(JsonNode options) {
        return Fields.firstOther(options, Set.of("include_usage"))
                .or(() -> options.isObject() && Fields.isBooleanOrAbsent(options.path("include_usage"))
                        ? Optional.empty()
                        : Optional.of("include_usage"))
                .map(field -> "stream_options." + field);
    }

    /** Anthropic refuses a stop sequence of white space only. */
    private static boolean isStop(JsonNode stop) {
        return AnthropicRequest.stopSequences(stop).stream().noneMatch(MessageText::isBlank);
    }
}
