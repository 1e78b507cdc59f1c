package ailb.protocol.anthropictoopenai;

import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import ailb.protocol.json.RequestBody;
import ailb.protocol.translate.ThinkingBlocks;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/**
 * Translates thinking (ADR 11). Thoughts from an endpoint of OpenAI's protocol have no signature and are sent back to
 * endpoints of that protocol only. Anthropic's signed thoughts are sent back to Anthropic's only.
 */
public final class MessagesThinking {

    private MessagesThinking() {}

    /** Whether both APIs know the effort by the same name. */
    static boolean isEffort(JsonNode effort) {
        return ThinkingBlocks.EFFORTS.contains(effort.asText());
    }

    /** The path of the part of {@code thinking} that has no equivalent: OpenAI counts no tokens for thoughts alone. */
    static Optional<String> fault(JsonNode thinking) {
        return switch (thinking.path("type").asText()) {
            case "disabled" -> Fields.firstOther(thinking, Set.of("type")).map(field -> "thinking." + field);
            case "adaptive" -> Fields.firstOther(thinking, Set.of("type", "display"))
                    .or(() -> Fields.unless(isShown(thinking.path("display")), "display"))
                    .map(field -> "thinking." + field);
            default -> Optional.of("thinking");
        };
    }

    private static boolean isShown(JsonNode display) {
        return Json.isAbsent(display) || Fields.is(display, "summarized");
    }

    /** Refuses an effort without thinking: OpenAI's effort applies to thinking only. */
    static Optional<String> conflict(ObjectNode root) {
        return Fields.unless(Json.isAbsent(effort(root)) || isAdaptive(root), "output_config.effort");
    }

    static void put(ObjectNode root, ObjectNode body) {
        if (effort(root).isTextual()) {
            body.set("reasoning_effort", effort(root));
        }
    }

    /** Whether the caller asked for thinking and so expects thoughts in the answer. */
    public static boolean isAdaptive(ObjectNode root) {
        return Fields.is(root.path("thinking").path("type"), "adaptive");
    }

    private static JsonNode effort(ObjectNode root) {
        return root.path("output_config").path("effort");
    }

    /** Whether the block is a thought that did not come from Anthropic. */
    static boolean isUnsigned(JsonNode block) {
        return Fields.is(block.path("type"), "thinking") && block.path("signature").asText("").isEmpty();
    }

    /**
     * The caller's body for Anthropic: unchanged except for the model, and without the unsigned thoughts that Anthropic
     * would refuse.
     */
    public static byte[] atAnthropic(RequestBody body, String modelId) {
        JsonNode messages = body.root().path("messages");
        boolean isSigned = messages.valueStream()
                .flatMap(message -> message.path("content").valueStream())
                .noneMatch(MessagesThinking::isUnsigned);
        if (isSigned) {
            return body.withModel(modelId);
        }
        ObjectNode signed = Json.object();
        signed.setAll(body.root());
        signed.put("model", modelId);
        signed.set("messages", signed(messages));
        return Json.bytes(signed);
    }

    /** Removes unsigned thoughts, and messages that are empty without them. */
    private static ArrayNode signed(JsonNode messages) {
        ArrayNode signed = Json.array();
        for (JsonNode message : messages) {
            JsonNode content = message.path("content");
            ArrayNode left = Json.array();
            content.valueStream().filter(block -> !isUnsigned(block)).forEach(left::add);
            if (left.size() == content.size()) {
                signed.add(message);
            } else if (!left.isEmpty()) {
                ObjectNode rest = signed.addObject();
                rest.setAll((ObjectNode) message);
                rest.set("content", left);
            }
        }
        return signed;
    }
}
