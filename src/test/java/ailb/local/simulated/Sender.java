package ailb.local.simulated;

import static java.nio.charset.StandardCharsets.UTF_8;

import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.api.Sent;
import ailb.protocol.wire.Headers;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sends requests to a provider without a wire. */
record Sender(SimulatedProvider provider) {

    static final String OPENAI_CHAT =
            "{\"model\":\"simulated-gpt\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    static final String ANTHROPIC_CHAT = "{\"model\":\"simulated-claude\",\"max_tokens\":100,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";

    ApiResponse openAi(String body) {
        return openAi("/v1/chat/completions", body);
    }

    ApiResponse openAi(String path, String body) {
        return post(path, Map.of("authorization", "Bearer " + provider.key()), body);
    }

    ApiResponse anthropic(String body) {
        return anthropic("/v1/messages", body);
    }

    ApiResponse anthropic(String path, String body) {
        return post(path, Map.of("x-api-key", provider.key(), "anthropic-version", "2023-06-01"), body);
    }

    ApiResponse post(String path, Map<String, String> headers, String body) {
        return send("POST", path, headers, body);
    }

    ApiResponse tell(String instruction) {
        return send("PUT", "/simulate", Map.of(), instruction);
    }

    ApiResponse send(String method, String path, Map<String, String> headers, String body) {
        return Sent
                .whole(provider.handle(new ApiRequest(method, path, "", new Headers(headers), body.getBytes(UTF_8))));
    }

    static JsonNode json(ApiResponse response) throws JsonProcessingException {
        return new JsonMapper().readTree(new String(response.body(), UTF_8));
    }

    /** The events of a stream as they go on the wire. */
    static String stream(ApiResponse response) {
        return new String(response.body(), UTF_8);
    }

    /** The JSON of each event. */
    static List<JsonNode> events(ApiResponse response) throws JsonProcessingException {
        List<JsonNode> events = new ArrayList<>();
        for (String line : stream(response).split("\n")) {
            if (line.startsWith("data: {")) {
                events.add(new JsonMapper().readTree(line.substring("data: ".length())));
            }
        }
        return events;
    }
}
