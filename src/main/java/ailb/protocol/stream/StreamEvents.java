package ailb.protocol.stream;

import ailb.pool.Provider;
import ailb.protocol.error.AnthropicErrors;
import ailb.protocol.error.ApiError;
import ailb.protocol.json.Json;
import ailb.protocol.json.Utf8;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/** Writes events for callers: one line of JSON each. */
final class StreamEvents {

    static final String DONE = "data: [DONE]\n\n";

    private StreamEvents() {}

    /** An event of OpenAI's chat stream. */
    static String chat(JsonNode chunk) {
        return "data: " + text(chunk) + "\n\n";
    }

    /** An event that is named by its {@code type}, as in Anthropic's API and OpenAI's Responses API. */
    static String named(ObjectNode event) {
        return "event: " + event.path("type").textValue() + "\ndata: " + text(event) + "\n\n";
    }

    static byte[] chatError(ApiError error) {
        return bytes("data: " + new String(error.toJson(Provider.OPENAI), StandardCharsets.UTF_8) + "\n\n");
    }

    static byte[] messagesError(ApiError error) {
        return bytes(named(AnthropicErrors.body(error)));
    }

    /** @param sequenceNumber of the event, one above the last that was sent to the caller */
    static byte[] responsesError(ApiError error, long sequenceNumber) {
        return bytes(named(Json.object()
                .put("type", "error")
                .put("code", error.code())
                .put("message", error.message())
                .put("param", error.param())
                .put("sequence_number", sequenceNumber)));
    }

    static byte[] bytes(String events) {
        return events.getBytes(StandardCharsets.UTF_8);
    }

    /** Escapes a lone surrogate, which UTF-8 cannot encode. Its other half may come with the next event. */
    private static String text(JsonNode json) {
        return Utf8.encodable(Json.text(json));
    }
}
