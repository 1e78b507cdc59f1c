package ailb.api;

import java.util.Map;

/** A whole HTTP response as a value. The headers hold the content type; the front adds lengths and dates. */
@SuppressWarnings("ArrayRecordComponent") // the body is handed on as it is, never compared
public record ApiResponse(int status, Map<String, String> headers, byte[] body) implements ApiAnswer {

    public ApiResponse {
        headers = Map.copyOf(headers);
    }
}
