package ailb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The requests in events/ and the events of the fake gateway, of which each was written without the other. */
class RecordedEventsTest {

    private static final JsonMapper MAPPER = new JsonMapper();

    static List<Path> requests() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("events"))) {
            return files.filter(file -> read(file).has("httpMethod")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRecordedRequestHasTheFieldsThatTheGatewayGives(Path file) throws IOException {
        JsonNode recorded = read(file);
        JsonNode made = MAPPER.readTree(RestEvent.of(
                new CallerRequest("GET", "/v1/x", List.of(), new byte[0]),
                "/{proxy+}", "/x", GatewaySettings.deployed(), new UUID(1, 2), Instant.EPOCH));

        assertThat(names(recorded)).isEqualTo(names(made));
        assertThat(names(recorded.path("requestContext"))).isEqualTo(names(made.path("requestContext")));
        assertThat(names(recorded.at("/requestContext/identity")))
                .isEqualTo(names(made.at("/requestContext/identity")));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRecordedRequestAgreesWithItself(Path file) {
        JsonNode event = read(file);

        assertThat(names(event.path("headers"))).isEqualTo(names(event.path("multiValueHeaders")));
        event.path("multiValueHeaders")
                .properties()
                .forEach(header -> assertThat(event.path("headers").path(header.getKey()))
                        .isEqualTo(header.getValue().get(header.getValue().size() - 1)));
        assertThat(event.path("path").textValue()).isEqualTo("/" + event.at("/pathParameters/proxy").textValue());
        assertThat(event.at("/requestContext/path").textValue()).endsWith(event.path("path").textValue());
        assertThat(event.at("/requestContext/httpMethod")).isEqualTo(event.path("httpMethod"));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void lambdasOwnClassReadsARecordedRequest(Path file) throws IOException {
        APIGatewayProxyRequestEvent event = LambdaEventSerializers.serializerFor(
                APIGatewayProxyRequestEvent.class, RecordedEventsTest.class.getClassLoader())
                .fromJson(Files.readString(file));

        assertThat(event.getPath()).isEqualTo(read(file).path("path").textValue());
        assertThat(event.getRequestContext().getRequestTimeEpoch()).isEqualTo(1_780_309_800_000L);
        assertThat(event.getMultiValueHeaders()).containsKey("X-Amzn-Trace-Id");
    }

    /** Groups of three bytes, which base64 is made of, end inside its characters. */
    @Test
    void theBodyInBase64IsText() {
        JsonNode event = read(Path.of("events", "chat-base64-utf8.json"));
        byte[] body = Base64.getDecoder().decode(event.path("body").textValue());

        assertThat(new String(body, StandardCharsets.UTF_8)).contains("„Grüße“ auf 日本語? 😀");
        assertThat(Stream.iterate(3, at -> at < body.length, at -> at + 3))
                .anyMatch(at -> (body[at] & 0xC0) == 0x80);
    }

    private static JsonNode read(Path file) {
        try {
            return MAPPER.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TreeSet<String> names(JsonNode object) {
        TreeSet<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
