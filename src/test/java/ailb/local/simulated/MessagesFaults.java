package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What Anthropic's messages refuse. */
final class MessagesFaults {

    private static final Set<String> FIELDS = Set.of(
            "model", "messages", "max_tokens", "cache_control", "container", "inference_geo", "metadata",
            "output_config", "service_tier", "stop_sequences", "stream", "system", "temperature", "thinking",
            "tool_choice", "tools", "top_k", "top_p");

    private static final Set<String> MEDIA = Set.of("image/jpeg", "image/png", "image/gif", "image/webp");
    private static final int LEAST_BUDGET = 1024;

    private MessagesFaults() {}

    static Optional<Fault> of(JsonNode body) {
        return maxTokens(body.path("max_tokens")).or(() -> ofCounted(body)).or(() -> thinking(body));
    }

    /** Of a request whose tokens are counted only. */
    static Optional<Fault> ofCounted(JsonNode body) {
        JsonNode messages = body.path("messages");
        return fault(!body.path("model").isTextual(), "model: Field required")
                .or(() -> fault(body.path("temperature").asDouble() > 1, "temperature: range: 0..1"))
                .or(() -> messages(messages))
                .or(() -> tools(body))
                .or(() -> Checks.first(messages, i -> message(messages.path(i), "messages." + i)))
                .or(() -> Checks.first(messages, i -> toolResults(messages, i)))
                .or(() -> Checks.unknown(body, FIELDS)
                        .flatMap(name -> Fault.of(name + ": Extra inputs are not permitted")));
    }

    private static Optional<Fault> fault(boolean isOne, String message) {
        return isOne ? Fault.of(message) : Optional.empty();
    }

    private static Optional<Fault> maxTokens(JsonNode max) {
        return fault(max.isMissingNode(), "max_tokens: Field required")
                .or(() -> fault(!max.isInt() || max.intValue() < 0,
                        "max_tokens: Input should be greater than or equal to 0"));
    }

    private static Optional<Fault> messages(JsonNode messages) {
        return fault(messages.isMissingNode(), "messages: Field required")
                .or(() -> fault(!messages.isArray() || messages.isEmpty(),
                        "messages: at least one message is required"))
                .or(() -> Checks.first(messages, i -> role(messages.path(i).path("role").asText())))
                .or(() -> fault(messages.path(0).path("role").asText().equals("assistant"),
                        "messages: first message must use the \"user\" role"));
    }

    private static Optional<Fault> role(String role) {
        return fault(!role.equals("user") && !role.equals("assistant"),
                "messages: Unexpected role \"" + role + "\". The Messages API accepts a top-level `system` "
                        + "parameter, not \"system\" as an input message role.");
    }

    private static Optional<Fault> tools(JsonNode body) {
        JsonNode tools = body.path("tools");
        JsonNode choice = body.path("tool_choice");
        return Checks.first(tools, i -> tool(tools.path(i), "tools." + i + ".custom"))
                .or(() -> fault(!choice.isEmpty() && tools.isEmpty(),
                        "tool_choice: tool_choice may only be specified while providing tools"))
                .or(() -> fault(choice.has("name") && tools.valueStream()
                        .noneMatch(tool -> tool.path("name").equals(choice.path("name"))),
                        "Tool '" + choice.path("name").asText() + "' not found in provided tools"));
    }

    private static Optional<Fault> tool(JsonNode tool, String path) {
        return fault(!tool.path("name").isTextual(), path + ".name: Field required")
                .or(() -> fault(!tool.path("name").textValue().matches("[a-zA-Z0-9_-]{1,128}"),
                        path + ".name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"))
                .or(() -> fault(!tool.path("input_schema").isObject(), path + ".input_schema: Field required"))
                .or(() -> fault(!tool.path("input_schema").path("type").asText().equals("object"),
                        path + ".input_schema.type: Input should be 'object'"));
    }

    private static Optional<Fault> message(JsonNode message, String path) {
        JsonNode content = message.path("content");
        if (!content.isArray()) {
            return fault(!content.isTextual(), path + ".content: Field required")
                    .or(() -> fault(content.textValue().isEmpty(), "messages: text content blocks must be non-empty"));
        }
        return Checks.first(content, i -> block(content.path(i), path + ".content." + i));
    }

    private static Optional<Fault> block(JsonNode block, String path) {
        return switch (block.path("type").asText()) {
            case "text" ->
                fault(block.path("text").asText().isEmpty(), "messages: text content blocks must be non-empty");
            case "image" -> image(block.path("source"), path + ".image.source");
            case "tool_use" -> fault(!block.path("input").isObject(),
                    path + ".tool_use.input: Input should be a valid dictionary")
                    .or(() -> fault(!block.path("id").asText().matches("[a-zA-Z0-9_-]+"),
                            path + ".tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'"));
            case "thinking" -> fault(!Thought.isSigned(block), path + ": Invalid `signature` in `thinking` block");
            case "tool_result" -> block.path("content").isArray()
                    ? Checks.first(block.path("content"), i -> block(block.path("content").path(i), path + "." + i))
                    : Optional.empty();
            case "document", "redacted_thinking" -> Optional.empty();
            default -> Fault.of(path + ": Input tag '" + block.path("type").asText()
                    + "' found using 'type' does not match any of the expected tags");
        };
    }

    private static Optional<Fault> image(JsonNode source, String path) {
        return switch (source.path("type").asText()) {
            case "url" -> fault(!Checks.isWebAddress(source.path("url").asText()),
                    path + ".url: Only HTTPS URLs are supported.");
            case "base64" -> fault(!MEDIA.contains(source.path("media_type").asText()), path
                    + ".base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'")
                    .or(() -> fault(!Checks.isBase64(source.path("data").asText()),
                            path + ".base64.data: Invalid base64 data"));
            default -> Fault.of(path + ": Field required");
        };
    }

    /** A turn with calls is followed by one with their results, and results follow nothing else. */
    private static Optional<Fault> toolResults(JsonNode messages, int index) {
        Set<String> results = ids(messages.path(index), "tool_result", "tool_use_id");
        Set<String> calls = ids(messages.path(index - 1), "tool_use", "id");
        List<String> foreign = results.stream().filter(id -> !calls.contains(id)).toList();
        List<String> open = calls.stream().filter(id -> !results.contains(id)).toList();
        boolean isUnanswered = index == messages.size() - 1 && !ids(messages.path(index), "tool_use", "id").isEmpty();
        return fault(!foreign.isEmpty(), "messages." + index + ".content: unexpected `tool_use_id` found in "
                + "`tool_result` blocks: " + String.join(", ", foreign) + ". Each `tool_result` block must have a "
                + "corresponding `tool_use` block in the previous message.")
                .or(() -> fault(!open.isEmpty() || isUnanswered, "messages." + index + ": `tool_use` ids were found "
                        + "without `tool_result` blocks immediately after: " + String.join(", ", open)
                        + ". Each `tool_use` block must have a corresponding `tool_result` block in the next "
                        + "message."));
    }

    private static Set<String> ids(JsonNode message, String type, String field) {
        return Checks.parts(message.path("content"), type)
                .map(block -> block.path(field).asText())
                .collect(Collectors.toSet());
    }

    private static Optional<Fault> thinking(JsonNode body) {
        if (!Thought.isWanted(body)) {
            return Optional.empty();
        }
        String choice = body.path("tool_choice").path("type").asText();
        int budget = body.path("thinking").path("budget_tokens").asInt(LEAST_BUDGET);
        return fault(budget < LEAST_BUDGET,
                "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
                .or(() -> fault(body.path("thinking").has("budget_tokens") && budget >= body.path("max_tokens").asInt(),
                        "`max_tokens` must be greater than `thinking.budget_tokens`"))
                .or(() -> fault(choice.equals("any") || choice.equals("tool"),
                        "Thinking may not be enabled when tool_choice forces tool use."))
                .or(() -> fault(body.path("temperature").asDouble(1) != 1,
                        "`temperature` may only be set to 1 when thinking is enabled"));
    }
}
