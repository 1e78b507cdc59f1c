package ailb.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.FailureClass;
import ailb.pool.Provider;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderReply;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The errors that providers document, and some that stand in front of them, each with what it means; {@code means} is the
 * status in the body of a 200.
 */
class DocumentedErrorsTest {

    static Stream<Arguments> errors() {
        return Stream.of(Provider.values())
                .flatMap(
                        provider -> WireFiles.json(provider.name().toLowerCase(Locale.ROOT) + "/errors.json")
                                .valueStream()
                                .map(error -> Arguments.of(provider, error.path("sign").asText(), error)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("errors")
    void isClassifiedAsWhatItMeans(Provider provider, String sign, JsonNode error) {
        Map<String, String> headers = new HashMap<>();
        error.path("headers").forEachEntry((name, value) -> headers.put(name, value.asText()));
        String status = error.path(error.has("means") ? "means" : "status").asText();
        String body = error.has("body") ? error.path("body").toString() : error.path("text").asText();

        ProviderReply reply = WireFiles.hello()
                .read(provider, error.path("status").asInt(), new Headers(headers), WireFiles.utf8(body),
                        WireFiles.NOW);

        assertThat(reply).isInstanceOfSatisfying(ProviderReply.Failure.class, failure -> {
            assertThat(failure.failure()).as(sign).isEqualTo(FailureClass.valueOf(error.path("failure").asText()));
            assertThat(failure.limit().map(Enum::name).orElse("")).isEqualTo(error.path("limit").asText());
            assertThat(failure.status()).hasToString(status);
            assertThat(failure.detail()).startsWith(status).doesNotContain("sk-");
            assertThat(failure.passOn().length > 0).isEqualTo(failure.failure() == FailureClass.CALLER_FAULT);
        });
    }
}
