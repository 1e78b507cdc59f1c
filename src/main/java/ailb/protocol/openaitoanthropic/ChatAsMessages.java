package ailb.protocol.openaitoanthropic;

import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalLong;

/** Translates a chat request to Anthropic's format; {@link ChatFields} lists the fields that can be translated. */
public final class ChatAsMessages {

    /** Anthropic requires {@code max_tokens}; this is used where the caller gave none. */
    static final int DEFAULT_MAX_TOKENS = 4096;

    /** The default of temperature and top_p, and Anthropic's maximum. */
    private static final double USUAL = 1.0;

    private ChatAsMessages() {}

    /** @param maxTokens the caller's, if there is one */
    public static byte[] body(String modelId, ObjectNode root, OptionalLong maxTokens) {
        ObjectNode body = Json.object();
        body.put("model", modelId);
        body.put("max_tokens", maxTokens.orElse(DEFAULT_MAX_TOKENS));
        ChatConversation conversation = ChatConversation.of(root.path("messages"));
        if (!conversation.system().isEmpty()) {
            body.set("system", conversation.system());
        }
        body.set("messages", conversation.turns());
        ChatTools.put(root, body);
        ChatThinking.put(root, body);
        ChatFormat.put(root, body);
        putSampling(root, body);
        JsonNode user = user(root);
        if (user.isTextual()) {
            body.putObject("metadata").set("user_id", user);
        }
        // OpenAI's default tier and Anthropic's standard tier both mean the normal price, without purchased capacity.
        if (Fields.is(root.path("service_tier"), "default")) {
            body.put("service_tier", "standard_only");
        }
        if (root.path("stream").booleanValue()) {
            body.put("stream", true);
        }
        return Json.bytes(body);
    }

    private static void putSampling(ObjectNode root, ObjectNode body) {
        JsonNode temperature = root.path("temperature");
        JsonNode topP = root.path("top_p");
        // Newer models refuse both together. One of them with its default value has no effect and is left out.
        boolean noTopP = temperature.isNumber() && topP.doubleValue() == USUAL;
        boolean noTemperature = !noTopP && topP.isNumber() && temperature.doubleValue() >= USUAL;
        if (temperature.isNumber() && !noTemperature) {
            body.put("temperature", Math.min(temperature.doubleValue(), USUAL));
        }
        if (topP.isNumber() && !noTopP) {
            body.set("top_p", topP);
        }
        JsonNode stop = root.path("stop");
        if (stop.isTextual()) {
            body.putArray("stop_sequences").add(stop);
        } else if (!stop.isEmpty()) {
            body.set("stop_sequences", stop);
        }
    }

    /**
     * {@code safety_identifier} is OpenAI's newer name for {@code user} and takes precedence; {@code user} is then only
     * a cache hint.
     */
    private static JsonNode user(ObjectNode root) {
        if (root.path("safety_identifier").isTextual()) {
            return root.path("safety_identifier");
        }
        return root.path("user").isTextual() ? root.path("user") : root.path("metadata").path("user_id");
    }
}
