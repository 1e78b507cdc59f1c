package ailb.http;

import ailb.protocol.error.ApiError;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;

/**
 * A server's address on loopback, which programs on this machine know it by. A browser sends a page's requests here too: of
 * a page at another address, and of one whose name was made to lead here (DNS rebinding). Its headers tell.
 */
record OwnAddress(int port) {

    private static final int DEFAULT_PORT = 80;
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    /** Why a request with these headers is not for this server, or not from this machine; empty where it is both. */
    Optional<ApiError> refusal(HttpFields headers) {
        Set<String> hosts = hosts();
        Set<String> origins = hosts.stream().map(host -> "http://" + host).collect(Collectors.toSet());
        if (!hosts.contains(value(headers, "Host"))) {
            return Optional.of(error("the Host header must be one of these", "foreign_host"));
        }
        if (headers.contains("Origin") && !origins.contains(value(headers, "Origin"))
                || headers.contains("Sec-Fetch-Site") && !OWN_SITES.contains(value(headers, "Sec-Fetch-Site"))) {
            return Optional.of(error("pages of other addresses may not", "foreign_origin"));
        }
        return Optional.empty();
    }

    private Set<String> hosts() {
        return Stream.of("127.0.0.1", "localhost", "[::1]")
                .flatMap(host -> port == DEFAULT_PORT ? Stream.of(host, host + ":" + port)
                        : Stream.of(host + ":" + port))
                .collect(Collectors.toSet());
    }

    /** Two values are one that nobody is allowed. */
    private static String value(HttpFields headers, String name) {
        return String.join(",", headers.getValuesList(name)).toLowerCase(Locale.ROOT);
    }

    private ApiError error(String rule, String code) {
        return Refusals.refused(
                403,
                "Only programs on this machine may call this server, at 127.0.0.1:" + port + " or localhost:" + port
                        + ": " + rule + ".",
                code);
    }
}
