package ailb.lambda;

import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.protocol.Headers;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Events of an API Gateway HTTP API (payload format 2.0) to values and back. */
final class GatewayEvents {

    /** After this the gateway gives up on the function, whatever it does. */
    private static final Duration GATEWAY_PATIENCE = Duration.ofSeconds(29);

    private GatewayEvents() {}

    /** The request; empty when the body says it is base64 and is not. */
    static Optional<ApiRequest> request(APIGatewayV2HTTPEvent event) {
        try {
            return Optional.of(new ApiRequest(
                    http(event).map(APIGatewayV2HTTPEvent.RequestContext.Http::getMethod).orElse("GET"),
                    Objects.requireNonNullElse(event.getRawPath(), "/"),
                    Objects.requireNonNullElse(event.getRawQueryString(), ""),
                    new Headers(Objects.requireNonNullElse(event.getHeaders(), Map.of())),
                    body(event)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] body(APIGatewayV2HTTPEvent event) {
        String body = Objects.requireNonNullElse(event.getBody(), "");
        return event.getIsBase64Encoded()
                ? Base64.getDecoder().decode(body)
                : body.getBytes(StandardCharsets.UTF_8);
    }

    /** When the gateway gives up on this request; empty where the event does not say when it came. */
    static Optional<Instant> end(APIGatewayV2HTTPEvent event) {
        return Optional.ofNullable(event.getRequestContext())
                .map(APIGatewayV2HTTPEvent.RequestContext::getTimeEpoch)
                .filter(millis -> millis > 0)
                .map(millis -> Instant.ofEpochMilli(millis).plus(GATEWAY_PATIENCE));
    }

    private static Optional<APIGatewayV2HTTPEvent.RequestContext.Http> http(APIGatewayV2HTTPEvent event) {
        return Optional.ofNullable(event.getRequestContext())
                .map(APIGatewayV2HTTPEvent.RequestContext::getHttp);
    }

    static APIGatewayV2HTTPResponse response(ApiResponse response) {
        return APIGatewayV2HTTPResponse.builder()
                .withStatusCode(response.status())
                .withHeaders(response.headers())
                .withBody(new String(body(response), StandardCharsets.UTF_8))
                .withIsBase64Encoded(false)
                .build();
    }

    /** The gateway takes an answer whole: a stream is collected. */
    private static byte[] body(ApiResponse response) {
        if (response.events().isEmpty()) {
            return response.body();
        }
        ByteArrayOutputStream collected = new ByteArrayOutputStream();
        try {
            response.events().get().sendTo(collected::writeBytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return collected.toByteArray();
    }
}
