package ailb.protocol.stream;

import ailb.pool.Provider;
import ailb.protocol.error.AnthropicErrors;
import ailb.protocol.error.ApiError;
import ailb.protocol.json.Json;
import ailb.protocol.json.Utf8;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/** Events as they are written for callers: one line of JSON each. */
final class StreamEvents {

    static final String DONE = "data: [DONE]\n\n";

    private StreamEvents() {}

    /** An event of a chat of OpenAI's. */
    static String chat(JsonNode chunk) {
        return "data: " + text(chunk) + "\n\n";
    }

    /** An event that is named by its {@code type}, as Anthropic's and those of OpenAI's responses are. */
    static String named(ObjectNode event) {
        return "event: " + event.path("type").textValue() + "\ndata: " + text(event) + "\n\n";
    }

    static byte[] chatError(ApiError error) {
        return bytes("data: " + new String(error.toJson(Provider.OPENAI), StandardCharsets.UTF_8) + "\n\n");
    }

    static byte[] messagesError(ApiError error) {
        return bytes(named(AnthropicErrors.body(error)));
    }

    /** @param sequenceNumber of the event, one above the last that the caller has seen */
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

    /** Half a character, whose other half may come with the next event, is escaped: UTF-8 has no bytes for it. */
    private static String text(JsonNode json) {
        return Utf8.encodable(Json.text(json));
    }
}
