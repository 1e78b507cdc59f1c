package ailb.api;

import ailb.dispatch.Events;
import java.util.Map;
import java.util.Optional;

/**
 * An HTTP response as a value. The headers hold the content type; the front adds lengths and dates.
 *
 * @param body empty where there are events
 * @param events what the body is made of as it comes; must be sent, whether or not somebody listens
 */
@SuppressWarnings("ArrayRecordComponent") // the body is handed on as it is, never compared
public record ApiResponse(int status, Map<String, String> headers, byte[] body, Optional<Events> events) {

    public ApiResponse {
        headers = Map.copyOf(headers);
    }

    public ApiResponse(int status, Map<String, String> headers, byte[] body) {
        this(status, headers, body, Optional.empty());
    }
}
