package ailb.protocol;

import ailb.pool.Endpoint;
import ailb.pool.EndpointBuilder;
import ailb.pool.Provider;
import ailb.protocol.error.ApiError;
import ailb.protocol.wire.Headers;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Documented requests and replies of providers, and what it takes to send and read them. */
public final class WireFiles {

    public static final Instant NOW = Instant.parse("2026-11-02T10:00:00Z");

    /** Not the mapper under test. */
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private WireFiles() {}

    /** A file under {@code src/test/resources/wire}. */
    public static byte[] bytes(String path) {
        try (InputStream in = WireFiles.class.getResourceAsStream("/wire/" + path)) {
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    public static JsonNode json(String path) {
        return json(bytes(path));
    }

    public static JsonNode json(byte[] bytes) {
        try {
            return MAPPER.readTree(bytes);
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    public static ChatRequest valid(String body) {
        return valid(utf8(body));
    }

    public static ChatRequest valid(byte[] body) {
        return switch (ChatRequest.parse(body)) {
            case Parsed.Valid valid -> (ChatRequest) valid.request();
            case Parsed.Invalid invalid -> throw new AssertionError(invalid.error().toString());
        };
    }

    /** What an Anthropic client posts to {@code /v1/messages}. */
    public static MessagesRequest messages(byte[] body) {
        return switch (MessagesRequest.parse(Headers.NONE, body)) {
            case Parsed.Valid valid -> (MessagesRequest) valid.request();
            case Parsed.Invalid invalid -> throw new AssertionError(invalid.error().toString());
        };
    }

    public static ApiError invalid(byte[] body) {
        return switch (ChatRequest.parse(body)) {
            case Parsed.Valid _ -> throw new AssertionError("taken as valid");
            case Parsed.Invalid invalid -> invalid.error();
        };
    }

    public static ChatRequest hello() {
        return valid("{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}");
    }

    public static Endpoint endpoint(Provider provider, String baseUrl, String modelId) {
        return new EndpointBuilder("one")
                .provider(provider)
                .baseUrl(URI.create(baseUrl))
                .modelId(modelId)
                .apiKey("key-name")
                .price(null)
                .build();
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
