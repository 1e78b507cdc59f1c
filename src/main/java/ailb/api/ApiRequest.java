package ailb.api;

import ailb.protocol.wire.Headers;

/**
 * An HTTP request as a value, from any front end.
 *
 * @param method in upper case
 * @param path as sent, without the query string
 * @param query the raw query string without its question mark, empty where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // the body is handed on as it is, never compared
public record ApiRequest(String method, String path, String query, Headers headers, byte[] body) {

    private static final String VERSION = "/v1";

    /** The path with the API's version. A gateway may have removed the version, depending on its domain mapping. */
    String versionedPath() {
        return path.startsWith(VERSION + "/") ? path : VERSION + path;
    }
}
