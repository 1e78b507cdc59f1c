package ailb.api;

import java.util.Map;

/** A whole HTTP response as a value. The headers include the content type; the front end adds length and date. */
@SuppressWarnings("ArrayRecordComponent") // the body is handed on as it is, never compared
public record ApiResponse(int status, Map<String, String> headers, byte[] body) implements ApiAnswer {

    public ApiResponse {
        headers = Map.copyOf(headers);
    }
}
