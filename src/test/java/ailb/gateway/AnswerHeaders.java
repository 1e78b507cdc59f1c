package ailb.gateway;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the gateway does to the headers of an answer. AWS's table of header restrictions for REST APIs is the source, from
 * memory. Observed by others are the new names of Connection, Content-Length, Date, Server, WWW-Authenticate,
 * Authorization and X-Amzn-RequestId; the others are to be taken as uncertain, and a function had better not send them.
 */
final class AnswerHeaders {

    private static final String PREFIX = "x-amzn-Remapped-";

    private static final Set<String> REMAPPED = Set.of(
            "authorization", "connection", "content-length", "content-md5", "date", "max-forwards", "server",
            "user-agent", "www-authenticate", "x-amzn-requestid");

    private static final Set<String> DROPPED = Set.of(
            "expect", "host", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "via");

    private AnswerHeaders() {}

    /** What the caller sees of them. An answer that does not say what it is, is JSON. */
    static List<Header> outgoing(List<Header> ofFunction) {
        Stream<Header> kept = ofFunction.stream()
                .filter(header -> !DROPPED.contains(lowerCase(header)))
                .map(header -> REMAPPED.contains(lowerCase(header))
                        ? new Header(PREFIX + header.name(), header.value())
                        : header);
        boolean saysWhatItIs = ofFunction.stream().anyMatch(header -> header.isNamed("content-type"));
        return Stream.concat(
                kept,
                saysWhatItIs ? Stream.of() : Stream.of(new Header("Content-Type", "application/json")))
                .toList();
    }

    private static String lowerCase(Header header) {
        return header.name().toLowerCase(Locale.ROOT);
    }
}
