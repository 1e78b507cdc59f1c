package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What OpenAI's chat completions refuse. */
final class ChatFaults {

    private static final Set<String> FIELDS = Set.of(
            "model", "messages", "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs",
            "max_completion_tokens", "max_tokens", "metadata", "modalities", "n", "parallel_tool_calls", "prediction",
            "presence_penalty", "prompt_cache_key", "prompt_cache_retention", "reasoning_effort", "response_format",
            "safety_identifier", "seed", "service_tier", "stop", "store", "stream", "stream_options", "temperature",
            "tool_choice", "tools", "top_logprobs", "top_p", "user", "verbosity", "web_search_options");

    private static final List<String> ROLES = List.of("system", "assistant", "user", "function", "tool", "developer");

    private ChatFaults() {}

    static Optional<Fault> of(JsonNode body) {
        return model(body)
                .or(() -> messages(body.path("messages")))
                .or(() -> numbers(body))
                .or(() -> options(body))
                .or(() -> tools(body))
                .or(() -> format(body.path("response_format")))
                .or(() -> Checks.first(body.path("messages"), i -> message(body.path("messages").path(i), i)))
                .or(() -> toolCalls(body.path("messages")))
                .or(() -> Checks.unknown(body, FIELDS)
                        .flatMap(name -> Fault.of("Unrecognized request argument supplied: " + name)));
    }

    static Optional<Fault> model(JsonNode body) {
        return body.path("model").isTextual() ? Optional.empty() : Fault.of("you must provide a model parameter");
    }

    private static Optional<Fault> messages(JsonNode messages) {
        if (messages.isMissingNode()) {
            return missing("messages");
        }
        if (!messages.isArray()) {
            return Fault.of("Invalid value for 'messages': expected an array of objects.", "messages", "invalid_value");
        }
        return messages.isEmpty()
                ? Fault.of("Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty "
                        + "array.", "messages", "empty_array")
                : Optional.empty();
    }

    private static Optional<Fault> numbers(JsonNode body) {
        if (body.path("temperature").asDouble() > 2) {
            return Fault.of("Invalid 'temperature': decimal above maximum value. Expected a value <= 2.",
                    "temperature", "decimal_above_max_value");
        }
        if (body.path("n").asInt(1) != 1) {
            return Fault.of("Invalid 'n': a simulated provider has one choice.", "n", "integer_above_max_value");
        }
        for (String field : List.of("max_tokens", "max_completion_tokens")) {
            if (body.hasNonNull(field) && body.path(field).asInt() < 1) {
                return Fault.of("Invalid '" + field + "': integer below minimum value. Expected a value >= 1.", field,
                        "integer_below_min_value");
            }
        }
        return Optional.empty();
    }

    private static Optional<Fault> options(JsonNode body) {
        return body.hasNonNull("stream_options") && !body.path("stream").asBoolean()
                ? Fault.of("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options",
                        null)
                : Optional.empty();
    }

    private static Optional<Fault> tools(JsonNode body) {
        JsonNode tools = body.path("tools");
        for (String field : List.of("tool_choice", "parallel_tool_calls")) {
            if (body.hasNonNull(field) && tools.isEmpty()) {
                return Fault.of("'" + field + "' is only allowed when 'tools' are specified.", field, null);
            }
        }
        return Checks.first(tools, i -> function(tools.path(i).path("function"), "tools[" + i + "].function"))
                .or(() -> unknownChoice(tools, body.path("tool_choice").path("function").path("name")));
    }

    /** @param path of the object that names the function */
    static Optional<Fault> function(JsonNode function, String path) {
        if (!function.path("name").isTextual()) {
            return missing(path + ".name");
        }
        if (!function.path("name").textValue().matches("[a-zA-Z0-9_-]{1,64}")) {
            return Fault
                    .of("Invalid '" + path + ".name': string does not match pattern. Expected a string that matches "
                            + "the pattern '^[a-zA-Z0-9_-]+$'.", path + ".name", "invalid_value");
        }
        JsonNode schema = function.path("parameters");
        boolean isObject = schema.isEmpty() || schema.path("type").asText().equals("object");
        return isObject
                ? looseSchema(function.path("strict"), schema, path + ".parameters")
                : Fault.of("Invalid schema for function '" + function.path("name").textValue()
                        + "': schema must be a JSON Schema of 'type: \"object\"'.", path + ".parameters",
                        "invalid_function_parameters");
    }

    private static Optional<Fault> unknownChoice(JsonNode tools, JsonNode name) {
        boolean isKnown = name instanceof MissingNode
                || tools.valueStream().anyMatch(tool -> tool.path("function").path("name").equals(name));
        return isKnown
                ? Optional.empty()
                : Fault.of("Tool choice '" + name.asText() + "' not found in 'tools' parameter.", "tool_choice", null);
    }

    private static Optional<Fault> format(JsonNode format) {
        if (!format.path("type").asText().equals("json_schema")) {
            return Optional.empty();
        }
        return schema(format.path("json_schema"), "response_format.json_schema");
    }

    /** @param path of the object that holds the schema and its name */
    static Optional<Fault> schema(JsonNode named, String path) {
        for (String field : List.of("name", "schema")) {
            if (!named.has(field)) {
                return missing(path + "." + field);
            }
        }
        return looseSchema(named.path("strict"), named.path("schema"), path + ".schema");
    }

    private static Optional<Fault> looseSchema(JsonNode strict, JsonNode schema, String path) {
        if (!strict.asBoolean()) {
            return Optional.empty();
        }
        if (!schema.path("additionalProperties").isBoolean()) {
            return Fault
                    .of("Invalid schema: In context=(), 'additionalProperties' is required to be supplied and to be "
                            + "false.", path, "invalid_json_schema");
        }
        return schema.path("required").size() < schema.path("properties").size()
                ? Fault.of("Invalid schema: In context=(), 'required' is required to be supplied and to be an array "
                        + "including every key in properties.", path, "invalid_json_schema")
                : Optional.empty();
    }

    private static Optional<Fault> message(JsonNode message, int index) {
        String path = "messages[" + index + "]";
        if (!ROLES.contains(message.path("role").asText())) {
            return Fault.of("Invalid value: '" + message.path("role").asText() + "'. Supported values are: 'system', "
                    + "'assistant', 'user', 'function', 'tool', and 'developer'.", path + ".role", "invalid_value");
        }
        if (!message.hasNonNull("content") && !message.path("role").asText().equals("assistant")) {
            return Fault.of("Invalid value for 'content': expected a string, got null.", path + ".content", null);
        }
        if (message.has("thinking_blocks")) {
            String unknown = path + ".thinking_blocks";
            return Fault.of("Unknown parameter: '" + unknown + "'.", unknown, "unknown_parameter");
        }
        JsonNode content = message.path("content");
        return Checks.parts(content)
                .filter(part -> !List.of("text", "image_url", "input_audio", "file", "refusal")
                        .contains(part.path("type").asText()))
                .findFirst()
                .flatMap(part -> Fault.of("Invalid value: '" + part.path("type").asText() + "'. Supported values are: "
                        + "'text', 'image_url', 'input_audio', 'refusal', and 'file'.", path + ".content",
                        "invalid_value"))
                .or(() -> Checks.parts(content, "image_url")
                        .flatMap(part -> Checks.imageFault(
                                part.path("image_url").path("url").asText(), path + ".content").stream())
                        .findFirst());
    }

    /** Calls and their results go together, and at once. */
    private static Optional<Fault> toolCalls(JsonNode messages) {
        Set<String> open = new LinkedHashSet<>();
        for (int i = 0; i < messages.size(); i++) {
            JsonNode message = messages.path(i);
            if (message.path("role").asText().equals("tool")) {
                if (!open.remove(message.path("tool_call_id").asText())) {
                    return Fault.of("Invalid parameter: messages with role 'tool' must be a response to a preceeding "
                            + "message with 'tool_calls'.", "messages.[" + i + "].role", null);
                }
            } else {
                if (!open.isEmpty()) {
                    return unanswered(open, i);
                }
                open.addAll(message.path("tool_calls")
                        .valueStream()
                        .map(call -> call.path("id").asText())
                        .collect(Collectors.toCollection(LinkedHashSet::new)));
            }
        }
        return open.isEmpty() ? Optional.empty() : unanswered(open, messages.size());
    }

    private static Optional<Fault> unanswered(Set<String> calls, int index) {
        return Fault.of("An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                + "'tool_call_id'. The following tool_call_ids did not have response messages: "
                + String.join(", ", calls), "messages.[" + index + "].role", null);
    }

    static Optional<Fault> missing(String param) {
        return Fault.of("Missing required parameter: '" + param + "'.", param, "missing_required_parameter");
    }
}
