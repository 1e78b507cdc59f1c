package ailb.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestEventTest {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final UUID ID = UUID.fromString("0123abcd-4567-89ab-cdef-0123456789ab");
    private static final Instant NOW = Instant.parse("2026-06-01T10:30:00.123Z");

    @Test
    void theFieldsSayWhatWasAskedWhereAndWhen() throws IOException {
        JsonNode event = event(request("POST", "/v1/chat/completions", "application/json", "{}".getBytes(UTF_8)));

        assertThat(event.path("resource").textValue()).isEqualTo("/{proxy+}");
        assertThat(event.path("path").textValue()).isEqualTo("/chat/completions");
        assertThat(event.path("httpMethod").textValue()).isEqualTo("POST");
        assertThat(event.at("/pathParameters/proxy").textValue()).isEqualTo("chat/completions");
        assertThat(event.path("stageVariables").isNull()).isTrue();
        assertThat(event.path("queryStringParameters").isNull()).isTrue();
        assertThat(event.path("body").textValue()).isEqualTo("{}");
        assertThat(event.path("isBase64Encoded").booleanValue()).isFalse();
        JsonNode context = event.path("requestContext");
        assertThat(context.path("stage").textValue()).isEqualTo("v1");
        assertThat(context.path("path").textValue()).isEqualTo("/v1/chat/completions");
        assertThat(context.path("requestId").textValue()).isEqualTo("0123abcd-4567-89ab-cdef-0123456789ab");
        assertThat(context.path("requestTime").textValue()).isEqualTo("01/Jun/2026:10:30:00 +0000");
        assertThat(context.path("requestTimeEpoch").longValue()).isEqualTo(1_780_309_800_123L);
        assertThat(context.path("domainName").textValue()).isEqualTo("api.example");
        assertThat(context.at("/identity/sourceIp").textValue()).isEqualTo("127.0.0.1");
        assertThat(context.at("/identity/userAgent").textValue()).isEqualTo("test/1");
    }

    @Test
    void theRootHasNoParameters() throws IOException {
        CallerRequest request = request("GET", "/v1/", "text/plain", new byte[0]);
        JsonNode event =
                MAPPER.readTree(RestEvent.of(request, "/", "/", GatewaySettings.deployed(), ID, NOW));

        assertThat(event.path("resource").textValue()).isEqualTo("/");
        assertThat(event.path("pathParameters").isNull()).isTrue();
        assertThat(event.path("body").isNull()).isTrue();
        assertThat(event.at("/requestContext/path").textValue()).isEqualTo("/v1/");
    }

    @Test
    void aHeaderThatIsRepeatedHasItsLastValueAndAllOfThem() throws IOException {
        CallerRequest request = new CallerRequest(
                "GET",
                "/v1/models",
                List.of(new Header("anthropic-beta", "one"), new Header("anthropic-beta", "two")),
                new byte[0]);
        JsonNode event = event(request);

        assertThat(event.at("/headers/anthropic-beta").textValue()).isEqualTo("two");
        assertThat(event.at("/multiValueHeaders/anthropic-beta").toString()).isEqualTo("[\"one\",\"two\"]");
    }

    @Test
    void headersOfTheConnectionStayAndThoseOfTheGatewayAreAdded() throws IOException {
        CallerRequest request = new CallerRequest(
                "POST",
                "/v1/x",
                List.of(
                        new Header("Connection", "keep-alive"),
                        new Header("Content-Length", "2"),
                        new Header("Transfer-Encoding", "chunked"),
                        new Header("Expect", "100-continue"),
                        new Header("X-Mine", "kept")),
                "{}".getBytes(UTF_8));
        JsonNode headers = event(request).path("headers");

        assertThat(headers.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "X-Mine", "X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto");
        assertThat(headers.path("X-Amzn-Trace-Id").textValue())
                .isEqualTo("Root=1-0123abcd-456789abcdef0123456789ab");
    }

    @Test
    void theQueryIsDecodedAndThePathIsNot() throws IOException {
        JsonNode event = event(
                request("GET", "/v1/models/a%2Fb%20c?tag=x%26y&tag=two+words&flag&no=%zz", "text/plain", new byte[0]));

        assertThat(event.path("path").textValue()).isEqualTo("/models/a%2Fb%20c");
        assertThat(event.path("queryStringParameters").toString())
                .isEqualTo("{\"tag\":\"two words\",\"flag\":\"\",\"no\":\"%zz\"}");
        assertThat(event.path("multiValueQueryStringParameters").toString())
                .isEqualTo("{\"tag\":[\"x&y\",\"two words\"],\"flag\":[\"\"],\"no\":[\"%zz\"]}");
    }

    @ParameterizedTest
    @CsvSource({
        "multipart/form-data; boundary=x, true",
        "application/octet-stream, true",
        "Audio/MPEG, true",
        "image/png, true",
        "application/json, false",
        "text/plain; charset=utf-8, false",
        "application/octet-stream2, false",
    })
    void aBodyIsBase64WhereItsTypeIsAmongTheBinaryOnes(String type, boolean isBinary) throws IOException {
        JsonNode event = event(request("POST", "/v1/files", type, "Grüße".getBytes(UTF_8)));

        assertThat(event.path("isBase64Encoded").booleanValue()).isEqualTo(isBinary);
        assertThat(event.path("body").textValue()).isEqualTo(isBinary ? "R3LDvMOfZQ==" : "Grüße");
    }

    @Test
    void behindACustomDomainThePathIsTheWholeOne() throws IOException {
        CallerRequest request = request("GET", "/v1/models", "text/plain", new byte[0]);
        GatewaySettings settings = GatewaySettings.deployed().behindCustomDomain();
        JsonNode event = MAPPER.readTree(RestEvent.of(request, "/{proxy+}", "/v1/models", settings, ID, NOW));

        assertThat(event.path("path").textValue()).isEqualTo("/v1/models");
        assertThat(event.at("/requestContext/path").textValue()).isEqualTo("/v1/models");
        assertThat(event.at("/requestContext/stage").textValue()).isEqualTo("v1");
    }

    private static CallerRequest request(String method, String target, String type, byte[] body) {
        List<Header> headers = List.of(
                new Header("Host", "api.example:8443"),
                new Header("Content-Type", type),
                new Header("User-Agent", "test/1"));
        return new CallerRequest(method, target, headers, body);
    }

    private static JsonNode event(CallerRequest request) throws IOException {
        String path = request.path().substring("/v1".length());
        return MAPPER.readTree(RestEvent.of(request, "/{proxy+}", path, GatewaySettings.deployed(), ID, NOW));
    }
}
