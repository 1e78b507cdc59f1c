package ailb.gateway;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/**
 * Requests as the events of a REST API with Lambda proxy integration. Documented are the fields, that a parameter given
 * several times has its last value in the plain map, and that parameters arrive decoded; observed, that the path does not.
 * Assumed: names of headers arrive as sent, a plus in a query is a space, text is read as UTF-8, Content-Length and the
 * connection's own headers do not arrive.
 */
final class RestEvent {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final DateTimeFormatter REQUEST_TIME =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final Set<String> NOT_HANDED_ON = Set.of(
            "connection", "content-length", "content-md5", "expect", "max-forwards", "proxy-authenticate", "server",
            "te", "trailer", "transfer-encoding", "upgrade", "www-authenticate", "keep-alive");

    private static final List<String> IDENTITY = List.of(
            "cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "principalOrgId", "accessKey",
            "cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "user");

    private RestEvent() {}

    /**
     * @param resource the API's, that the path belongs to
     * @param path without the stage
     */
    static String of(
            CallerRequest request, String resource, String path, GatewaySettings settings, UUID id, Instant now) {
        ObjectNode event = MAPPER.createObjectNode();
        event.put("resource", resource).put("path", path).put("httpMethod", request.method());
        ObjectNode headers = event.putObject("headers");
        ObjectNode repeated = event.putObject("multiValueHeaders");
        request.headers()
                .stream()
                .filter(header -> !NOT_HANDED_ON.contains(header.name().toLowerCase(Locale.ROOT)))
                .forEach(header -> add(header, headers, repeated));
        added(id).forEach(header -> add(header, headers, repeated));
        addQuery(request.query(), event);
        event.putNull("pathParameters");
        if (resource.equals(GatewaySettings.PROXY)) {
            event.putObject("pathParameters").put("proxy", path.substring(1));
        }
        event.putNull("stageVariables");
        addContext(request, resource, path, settings, id, now, event.putObject("requestContext"));
        addBody(request, settings, event);
        return event.toString();
    }

    private static void add(Header header, ObjectNode last, ObjectNode all) {
        last.put(header.name(), header.value());
        all.withArrayProperty(header.name()).add(header.value());
    }

    private static List<Header> added(UUID id) {
        String hex = HexFormat.of().toHexDigits(id.getMostSignificantBits())
                + HexFormat.of().toHexDigits(id.getLeastSignificantBits());
        return List.of(
                new Header("X-Amzn-Trace-Id", "Root=1-" + hex.substring(0, 8) + "-" + hex.substring(8)),
                new Header("X-Forwarded-For", "127.0.0.1"),
                new Header("X-Forwarded-Port", "443"),
                new Header("X-Forwarded-Proto", "https"));
    }

    private static void addQuery(String query, ObjectNode event) {
        if (query.isEmpty()) {
            event.putNull("queryStringParameters").putNull("multiValueQueryStringParameters");
            return;
        }
        ObjectNode last = event.putObject("queryStringParameters");
        ObjectNode all = event.putObject("multiValueQueryStringParameters");
        for (String parameter : query.split("&")) {
            String[] parts = parameter.split("=", 2);
            add(new Header(decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : ""), last, all);
        }
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text; // not a percent-encoding
        }
    }

    private static void addContext(
            CallerRequest request,
            String resource,
            String path,
            GatewaySettings settings,
            UUID id,
            Instant now,
            ObjectNode context) {
        String domain = request.header("Host").orElse("").replaceFirst(":\\d+$", "");
        context.put("resourceId", "q7w8e9")
                .put("resourcePath", resource)
                .put("httpMethod", request.method())
                .put("extendedRequestId", Base64.getEncoder()
                        .encodeToString(id.toString()
                                .substring(0, 11)
                                .getBytes(
                                        StandardCharsets.US_ASCII)))
                .put("requestTime", REQUEST_TIME.format(now))
                .put("path", settings.stageInUrl() ? "/" + settings.stage() + path : path)
                .put("accountId", "123456789012")
                .put("protocol", "HTTP/1.1")
                .put("stage", settings.stage())
                .put("domainPrefix", domain.split("\\.", 2)[0])
                .put("requestTimeEpoch", now.toEpochMilli())
                .put("requestId", id.toString())
                .put("domainName", domain)
                .put("deploymentId", "z1x2c3")
                .put("apiId", "a1b2c3d4e5");
        ObjectNode identity = context.putObject("identity");
        IDENTITY.forEach(identity::putNull);
        identity.put("sourceIp", "127.0.0.1").put("userAgent", request.header("User-Agent").orElse(null));
    }

    private static void addBody(CallerRequest request, GatewaySettings settings, ObjectNode event) {
        boolean isBinary = request.body().length > 0
                && request.header("Content-Type").filter(type -> isBinary(type, settings)).isPresent();
        if (request.body().length == 0) {
            event.putNull("body");
        } else if (isBinary) {
            event.put("body", Base64.getEncoder().encodeToString(request.body()));
        } else {
            event.put("body", new String(request.body(), StandardCharsets.UTF_8));
        }
        event.put("isBase64Encoded", isBinary);
    }

    private static boolean isBinary(String contentType, GatewaySettings settings) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return settings.binaryTypes()
                .stream()
                .anyMatch(binary -> binary.endsWith("/*")
                        ? type.startsWith(binary.substring(0, binary.length() - 1))
                        : type.equals(binary));
    }
}
