package ailb.api;

import ailb.pool.Provider;
import ailb.protocol.error.ApiError;
import java.util.HashMap;
import java.util.Map;

/** Creates the usual kinds of responses. */
final class Responses {

    private static final String CONTENT_TYPE = "content-type";

    private Responses() {}

    static ApiResponse json(int status, byte[] body) {
        return new ApiResponse(status, Map.of(CONTENT_TYPE, "application/json"), body);
    }

    static ApiResponse jsonLines(byte[] body) {
        return new ApiResponse(200, Map.of(CONTENT_TYPE, "application/jsonl"), body);
    }

    /** @param protocol the caller's */
    static ApiResponse error(ApiError error, Provider protocol) {
        return json(error.status(protocol), error.toJson(protocol));
    }

    /** An error on a route for OpenAI's clients only. */
    static ApiResponse error(ApiError error) {
        return error(error, Provider.OPENAI);
    }

    static ApiResponse withHeaders(ApiResponse response, Map<String, String> more) {
        Map<String, String> headers = new HashMap<>(response.headers());
        headers.putAll(more);
        return new ApiResponse(response.status(), headers, response.body());
    }
}
