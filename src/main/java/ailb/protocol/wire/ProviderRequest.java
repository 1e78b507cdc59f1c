package ailb.protocol.wire;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/**
 * One HTTP POST to a provider. The headers hold the API key, so {@code toString} leaves them out.
 *
 * @param body JSON in UTF-8; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // the body is handed on as it is, never compared
public record ProviderRequest(URI uri, Map<String, String> headers, byte[] body) {

    public ProviderRequest {
        headers = Map.copyOf(headers);
    }

    /** A copy with one more header. */
    public ProviderRequest with(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new ProviderRequest(uri, more, body);
    }

    @Override
    public String toString() {
        return "POST " + uri + " (" + body.length + " bytes)";
    }
}
