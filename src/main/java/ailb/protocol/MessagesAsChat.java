package ailb.protocol;

import ailb.pool.Endpoint;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.Locale;

/** A messages request in OpenAI's words; {@link MessagesFields} says which fields have any. */
final class MessagesAsChat {

    private MessagesAsChat() {}

    static byte[] body(Endpoint endpoint, MessagesRequest request) {
        ObjectNode root = request.root();
        boolean isOpenAi = isOpenAi(endpoint.baseUrl());
        ObjectNode body = Json.object();
        body.put("model", endpoint.modelId());
        // Some of OpenAI's models take the newer name only, and many who speak like OpenAI know the older one only.
        body.set(isOpenAi ? "max_completion_tokens" : "max_tokens", root.path("max_tokens"));
        // OpenAI itself tells no thoughts, so what there are come from elsewhere.
        body.set("messages", MessagesConversation.of(root, !isOpenAi));
        MessagesTools.put(root, body);
        MessagesThinking.put(root, body);
        MessagesOutput.put(root, body);
        putSampling(root, body);
        if (root.path("metadata").path("user_id").isTextual()) {
            body.set("user", root.path("metadata").path("user_id"));
        }
        if (Fields.is(root.path("service_tier"), "standard_only")) {
            body.put("service_tier", "default");
        }
        if (request.isStream()) {
            body.put("stream", true).putObject("stream_options").put("include_usage", true);
        }
        return Json.bytes(body);
    }

    /** OpenAI's own API, in all its regions, and that of Azure OpenAI. */
    static boolean isOpenAi(URI baseUrl) {
        String host = "." + String.valueOf(baseUrl.getHost()).toLowerCase(Locale.ROOT);
        return host.endsWith(".api.openai.com") || host.endsWith(".openai.azure.com");
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
