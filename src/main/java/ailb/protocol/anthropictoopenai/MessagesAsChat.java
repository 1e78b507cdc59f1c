package ailb.protocol.anthropictoopenai;

import ailb.pool.Endpoint;
import ailb.protocol.json.Fields;
import ailb.protocol.json.Json;
import ailb.protocol.json.Sha256;
import ailb.protocol.translate.HostMessages;
import ailb.protocol.wire.Hosts;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Translates a messages request to OpenAI's format; {@link MessagesFields} lists the fields that can be translated. */
public final class MessagesAsChat {

    /** OpenAI refuses a longer one. */
    private static final int LONGEST_USER = 64;

    private MessagesAsChat() {}

    public static byte[] body(Endpoint endpoint, ObjectNode root) {
        boolean isStream = root.path("stream").booleanValue();
        boolean isOpenAi = Hosts.isOpenAi(endpoint.baseUrl());
        ObjectNode body = Json.object();
        body.put("model", endpoint.modelId());
        // Some of OpenAI's models accept only the newer name, and many compatible providers know only the older one.
        body.set(isOpenAi ? "max_completion_tokens" : "max_tokens", root.path("max_tokens"));
        body.set("messages", HostMessages.completed(endpoint, MessagesConversation.of(root)));
        MessagesTools.put(root, body);
        MessagesThinking.put(root, body);
        MessagesOutput.put(root, body);
        putSampling(root, body);
        if (root.path("metadata").path("user_id").isTextual()) {
            body.put("user", user(root.path("metadata").path("user_id").textValue()));
        }
        if (Fields.is(root.path("service_tier"), "standard_only")) {
            body.put("service_tier", "default");
        }
        if (isStream) {
            body.put("stream", true);
        }
        if (isStream && Hosts.tellsUsageWhenAsked(endpoint.baseUrl())) {
            body.putObject("stream_options").put("include_usage", true);
        }
        return Json.bytes(body);
    }

    /** The label only has to tell users apart, so a hash replaces a long one. */
    private static String user(String label) {
        return label.length() <= LONGEST_USER ? label : Sha256.hex(label);
    }

    private static void putSampling(ObjectNode root, ObjectNode body) {
        for (String field : new String[]{"temperature", "top_p"}) {
            if (root.path(field).isNumber()) {
                body.set(field, root.path(field));
            }
        }
        JsonNode stops = root.path("stop_sequences");
        if (!stops.isEmpty()) {
            body.set("stop", stops);
        }
    }
}
