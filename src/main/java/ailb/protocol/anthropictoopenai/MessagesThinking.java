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
 * What the model is to think, and what it thought. Thoughts that an endpoint of OpenAI's protocol told have no
 * signature: such go back to endpoints of that protocol and to no other, and Anthropic's own never leave Anthropic.
 */
public final class MessagesThinking {

    private MessagesThinking() {}

    /** Efforts that both APIs know by the same name. */
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

    /** OpenAI's effort is that of thinking only. */
    static Optional<String> conflict(ObjectNode root) {
        return Fields.unless(Json.isAbsent(effort(root)) || isAdaptive(root), "output_config.effort");
    }

    static void put(ObjectNode root, ObjectNode body) {
        if (effort(root).isTextual()) {
            body.set("reasoning_effort", effort(root));
        }
    }

    /** Whether the caller asked the model to think, and so expects thoughts in the answer. */
    public static boolean isAdaptive(ObjectNode root) {
        return Fields.is(root.path("thinking").path("type"), "adaptive");
    }

    private static JsonNode effort(ObjectNode root) {
        return root.path("output_config").path("effort");
    }

    /** True for a thought that Anthropic never had. */
    static boolean isUnsigned(JsonNode block) {
        return Fields.is(block.path("type"), "thinking") && block.path("signature").asText("").isEmpty();
    }

    /** The caller's body for Anthropic, byte for byte but for the model; only thoughts that it would refuse are taken out. */
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

    /** A message with nothing left in it goes too. */
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
