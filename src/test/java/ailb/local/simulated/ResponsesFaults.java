package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What OpenAI's responses refuse. */
final class ResponsesFaults {

    private static final Set<String> FIELDS = Set.of(
            "model", "input", "background", "conversation", "include", "instructions", "max_output_tokens",
            "max_tool_calls", "metadata", "parallel_tool_calls", "previous_response_id", "prompt", "prompt_cache_key",
            "prompt_cache_retention", "reasoning", "safety_identifier", "service_tier", "store", "stream",
            "stream_options", "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p", "truncation",
            "user");

    private ResponsesFaults() {}

    /** @param conversation the input, and what it refers to */
    static Optional<Fault> of(JsonNode body, JsonNode conversation) {
        return ChatFaults.model(body)
                .or(() -> conversation.isEmpty() ? ChatFaults.missing("input") : Optional.empty())
                .or(() -> body.path("max_output_tokens").asInt(16) < 16
                        ? Fault.of("Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16.",
                                "max_output_tokens", "integer_below_min_value")
                        : Optional.empty())
                .or(() -> Checks.first(body.path("tools"), i -> tool(body.path("tools").path(i), "tools[" + i + "]")))
                .or(() -> format(body.path("text").path("format")))
                .or(() -> images(conversation))
                .or(() -> results(conversation))
                .or(() -> Checks.unknown(body, FIELDS)
                        .flatMap(name -> Fault.of("Unknown parameter: '" + name + "'.", name, "unknown_parameter")));
    }

    private static Optional<Fault> tool(JsonNode tool, String path) {
        return tool.path("type").asText().equals("function")
                ? ChatFaults.function(tool, path)
                : Fault.of(
                        "Invalid value: '" + tool.path("type").asText() + "'. Simulated providers know functions only.",
                        path + ".type", "invalid_value");
    }

    private static Optional<Fault> format(JsonNode format) {
        return format.path("type").asText().equals("json_schema")
                ? ChatFaults.schema(format, "text.format")
                : Optional.empty();
    }

    private static Optional<Fault> images(JsonNode conversation) {
        return conversation.valueStream()
                .flatMap(item -> Checks.parts(item.path("content"), "input_image"))
                .flatMap(part -> Checks.imageFault(part.path("image_url").asText(), "input").stream())
                .findFirst();
    }

    /** Every call has its result, and every result its call. */
    private static Optional<Fault> results(JsonNode conversation) {
        Set<String> calls = callIds(conversation, "function_call");
        Set<String> results = callIds(conversation, "function_call_output");
        for (String result : results) {
            if (!calls.contains(result)) {
                return Fault.of("No tool call found for function call output with call_id " + result + ".", "input",
                        null);
            }
        }
        List<String> open = calls.stream().filter(call -> !results.contains(call)).toList();
        return open.isEmpty()
                ? Optional.empty()
                : Fault.of("No tool output found for function call " + open.getFirst() + ".", "input", null);
    }

    private static Set<String> callIds(JsonNode conversation, String type) {
        return conversation.valueStream()
                .filter(item -> item.path("type").asText().equals(type))
                .map(item -> item.path("call_id").asText())
                .collect(Collectors.toSet());
    }
}
