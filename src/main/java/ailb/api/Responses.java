package ailb.api;

import ailb.pool.Provider;
import ailb.protocol.error.ApiError;
import java.util.HashMap;
import java.util.Map;

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

    /** @param protocol that the caller speaks */
    static ApiResponse error(ApiError error, Provider protocol) {
        return json(error.status(protocol), error.toJson(protocol));
    }

    /** An error where only OpenAI's clients are served. */
    static ApiResponse error(ApiError error) {
        return error(error, Provider.OPENAI);
    }

    static ApiResponse withHeaders(ApiResponse response, Map<String, String> more) {
        Map<String, String> headers = new HashMap<>(response.headers());
        headers.putAll(more);
        return new ApiResponse(response.status(), headers, response.body());
    }
}
