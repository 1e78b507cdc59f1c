package ailb.gateway;

import java.util.List;
import java.util.Optional;

/**
 * What a caller sent.
 *
 * @param target path and query as sent
 * @param headers in order, names as sent
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record CallerRequest(String method, String target, List<Header> headers, byte[] body) {

    Optional<String> header(String name) {
        return headers.stream().filter(header -> header.isNamed(name)).map(Header::value).findFirst();
    }

    /** Still percent-encoded. */
    String path() {
        return target.split("\\?", 2)[0];
    }

    /** Still percent-encoded; empty where there is none. */
    String query() {
        String[] parts = target.split("\\?", 2);
        return parts.length == 2 ? parts[1] : "";
    }

    boolean isLast() {
        return header("Connection").filter("close"::equalsIgnoreCase).isPresent();
    }
}
