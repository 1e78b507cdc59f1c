package ailb.api;

import ailb.dispatch.Events;
import ailb.protocol.ApiError;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Responses of the kinds that there are. */
final class Responses {

    private static final String CONTENT_TYPE = "content-type";

    private Responses() {}

    static ApiResponse json(int status, byte[] body) {
        return new ApiResponse(status, Map.of(CONTENT_TYPE, "application/json"), body);
    }

    static ApiResponse jsonLines(byte[] body) {
        return new ApiResponse(200, Map.of(CONTENT_TYPE, "application/jsonl"), body);
    }

    static ApiResponse stream(Events events) {
        Map<String, String> headers = Map.of(CONTENT_TYPE, "text/event-stream", "cache-control", "no-cache");
        return new ApiResponse(200, headers, new byte[0], Optional.of(events));
    }

    static ApiResponse error(ApiError error) {
        return json(error.status(), error.toJson());
    }

    static ApiResponse withHeaders(ApiResponse response, Map<String, String> more) {
        Map<String, String> headers = new HashMap<>(response.headers());
        headers.putAll(more);
        return new ApiResponse(response.status(), headers, response.body(), response.events());
    }
}
