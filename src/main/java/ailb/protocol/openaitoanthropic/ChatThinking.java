package ailb.protocol.openaitoanthropic;

import ailb.protocol.json.Json;
import ailb.protocol.translate.ThinkingBlocks;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * Translates thinking (ADR 11). Anthropic signs its {@code thinking} blocks and wants them back unchanged with the tool
 * results. So an answer carries them as {@code thinking_blocks}, and callers send these back with the message.
 */
public final class ChatThinking {

    private static final double LEAST_TOP_P = 0.95;

    private ChatThinking() {}

    /** OpenAI's {@code minimal} has no equivalent at Anthropic. */
    static boolean isEffort(JsonNode effort) {
        return effort.isTextual()
                && (ThinkingBlocks.EFFORTS.contains(effort.textValue()) || effort.textValue().equals("none"));
    }

    static void put(ObjectNode root, ObjectNode body) {
        JsonNode effort = root.path("reasoning_effort");
        if (isOn(root)) {
            body.putObject("thinking").put("type", "adaptive");
            body.withObjectProperty("output_config").set("effort", effort);
        } else if (effort.isTextual()) {
            body.putObject("thinking").put("type", "disabled");
        }
    }

    /** The first field that Anthropic does not accept together with thinking. */
    static Optional<String> conflict(ObjectNode root) {
        if (!isOn(root)) {
            return Optional.empty();
        }
        JsonNode temperature = root.path("temperature");
        JsonNode topP = root.path("top_p");
        if (temperature.isNumber() && temperature.doubleValue() < 1) {
            return Optional.of("temperature");
        }
        if (topP.isNumber() && topP.doubleValue() < LEAST_TOP_P) {
            return Optional.of("top_p");
        }
        return ChatTools.forced(root) ? Optional.of("tool_choice") : Optional.empty();
    }

    private static boolean isOn(ObjectNode root) {
        JsonNode effort = root.path("reasoning_effort");
        return effort.isTextual() && ThinkingBlocks.EFFORTS.contains(effort.textValue());
    }

    /** The path, within the message, of the first of its {@code thinking_blocks} that is not Anthropic's. */
    public static Optional<String> fault(JsonNode blocks) {
        if (!blocks.isArray()) {
            return Json.isAbsent(blocks) ? Optional.empty() : Optional.of("thinking_blocks");
        }
        for (int i = 0; i < blocks.size(); i++) {
            if (!ThinkingBlocks.isBlock(blocks.get(i))) {
                return Optional.of("thinking_blocks[" + i + "]");
            }
        }
        return Optional.empty();
    }
}
