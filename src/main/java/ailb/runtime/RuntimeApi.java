package ailb.runtime;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A client of Lambda's Runtime API, version 2018-06-01. It uses plain sockets, because the JDK's HTTP client cannot
 * send trailers. A missing or malformed response is an {@link IOException}.
 */
final class RuntimeApi {

    static final String ERROR_TYPE = "Lambda-Runtime-Function-Error-Type";
    static final String ERROR_BODY = "Lambda-Runtime-Function-Error-Body";

    private static final String ROOT = "/2018-06-01/runtime/";
    private static final Pattern AUTHORITY = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:/\\s]+):([0-9]{1,5})");

    private final String host;
    private final int port;

    private RuntimeApi(String host, int port) {
        this.host = host;
        this.port = port;
    }

    /** @throws IllegalArgumentException if it is not a host and a port */
    static RuntimeApi at(@Nullable String authority) {
        Matcher parts = AUTHORITY.matcher(authority == null ? "" : authority);
        if (!parts.matches() || Integer.parseInt(parts.group(2)) > 65_535) {
            throw new IllegalArgumentException(
                    "AWS_LAMBDA_RUNTIME_API must be host:port; it is '" + authority
                            + "'. Lambda sets it: this program runs in a Lambda function only.");
        }
        return new RuntimeApi(parts.group(1), Integer.parseInt(parts.group(2)));
    }

    /** Waits for the next invocation. */
    Invocation next() throws IOException {
        return Invocation.of(get("invocation/next"));
    }

    /** Reports that the process is ready for a snapshot, and waits until it has been restored from one. */
    void awaitRestore() throws IOException {
        get("restore/next");
    }

    Answer initError(ErrorReport report) throws IOException {
        return post("init/error", report);
    }

    Answer restoreError(ErrorReport report) throws IOException {
        return post("restore/error", report);
    }

    /** Reports an error instead of a response. Call only before the response has begun. */
    Answer invocationError(String id, ErrorReport report) throws IOException {
        return post("invocation/" + id + "/error", report);
    }

    /** Begins the response to an invocation. The first chunk sends the head too. */
    StreamedResponse begin(String id) throws IOException {
        Exchange exchange = Exchange.open(host, port);
        exchange.write(
                head(
                        "POST",
                        "invocation/" + id + "/response",
                        "Content-Type: application/vnd.awslambda.http-integration-response",
                        "Lambda-Runtime-Function-Response-Mode: streaming",
                        "Transfer-Encoding: chunked",
                        "Trailer: " + ERROR_TYPE + ", " + ERROR_BODY));
        return new StreamedResponse(exchange);
    }

    private Answer get(String path) throws IOException {
        try (Exchange exchange = Exchange.open(host, port)) {
            exchange.write(head("GET", path));
            exchange.flush();
            Answer answer = exchange.readAnswer();
            if (answer.status() != 200) {
                throw new IOException(path + " answered " + answer.summary());
            }
            return answer;
        }
    }

    private Answer post(String path, ErrorReport report) throws IOException {
        byte[] body = report.bytes();
        try (Exchange exchange = Exchange.open(host, port)) {
            exchange.write(
                    head(
                            "POST",
                            path,
                            "Content-Type: application/json",
                            "Content-Length: " + body.length,
                            ERROR_TYPE + ": " + report.category()));
            exchange.write(body, 0, body.length);
            exchange.flush();
            return exchange.readAnswer();
        }
    }

    private String head(String method, String path, String... headers) {
        StringBuilder head = new StringBuilder()
                .append(method + " " + ROOT + path + " HTTP/1.1\r\n")
                .append("Host: " + host + ":" + port + "\r\n")
                .append("User-Agent: ailb-streaming-runtime\r\n")
                .append("Connection: close\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString();
    }
}
