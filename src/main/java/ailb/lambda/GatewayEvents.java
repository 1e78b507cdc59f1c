package ailb.lambda;

import ailb.api.ApiRequest;
import ailb.protocol.wire.Headers;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads events of an API Gateway REST API (proxy integration, format 1.0). */
final class GatewayEvents {

    private static final ObjectReader READER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build()
            .readerFor(APIGatewayProxyRequestEvent.class);

    private GatewayEvents() {}

    /**
     * Reads the event. Empty if it is not the gateway's but, for example, a scheduled one.
     *
     * @throws IOException if it cannot be read to its end
     */
    static Optional<APIGatewayProxyRequestEvent> read(InputStream in) throws IOException {
        byte[] json = in.readAllBytes();
        try {
            APIGatewayProxyRequestEvent event = READER.readValue(json);
            return Optional.ofNullable(event).filter(given -> given.getHttpMethod() != null);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** The request. Empty if the event says that the body is base64 and it is not. */
    static Optional<ApiRequest> request(APIGatewayProxyRequestEvent event) {
        try {
            return Optional.of(new ApiRequest(
                    event.getHttpMethod(), path(event), query(event), headers(event), body(event)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The path after the stage. With a custom domain, the event's {@code path} has a prefix before it. */
    private static String path(APIGatewayProxyRequestEvent event) {
        String rest = orNone(event.getPathParameters()).get("proxy");
        return rest == null ? Objects.requireNonNullElse(event.getPath(), "/") : "/" + rest;
    }

    /** The query as it was before the gateway decoded it. */
    private static String query(APIGatewayProxyRequestEvent event) {
        Map<String, List<String>> several = orNone(event.getMultiValueQueryStringParameters());
        Stream<String> pairs = several.isEmpty()
                ? orNone(event.getQueryStringParameters())
                        .entrySet()
                        .stream()
                        .map(one -> pair(one.getKey(), one.getValue()))
                : several.entrySet()
                        .stream()
                        .flatMap(one -> one.getValue().stream().map(value -> pair(one.getKey(), value)));
        return pairs.collect(Collectors.joining("&"));
    }

    private static String pair(String name, @Nullable String value) {
        return encoded(name) + "=" + encoded(Objects.requireNonNullElse(value, ""));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Headers headers(APIGatewayProxyRequestEvent event) {
        Map<String, List<String>> several = orNone(event.getMultiValueHeaders());
        return several.isEmpty() ? new Headers(orNone(event.getHeaders())) : Headers.joined(several);
    }

    private static <T> Map<String, T> orNone(@Nullable Map<String, T> given) {
        return given == null
                ? Map.of()
                : given.entrySet()
                        .stream()
                        .filter(entry -> entry.getValue() != null)
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static byte[] body(APIGatewayProxyRequestEvent event) {
        String body = Objects.requireNonNullElse(event.getBody(), "");
        return Boolean.TRUE.equals(event.getIsBase64Encoded())
                ? Base64.getDecoder().decode(body)
                : body.getBytes(StandardCharsets.UTF_8);
    }

    /** When the gateway took the request. Empty if the event does not say. */
    static Optional<Instant> sent(APIGatewayProxyRequestEvent event) {
        return Optional.ofNullable(event.getRequestContext())
                .map(APIGatewayProxyRequestEvent.ProxyRequestContext::getRequestTimeEpoch)
                .filter(millis -> millis > 0)
                .map(Instant::ofEpochMilli);
    }
}
