package ailb.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.EndpointBuilder;
import ailb.pool.Endpoints;
import ailb.pool.Operation;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.RequestKind;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A field that changes what is bought is not sent where the pool's owner has ruled it out. */
class RefusedFieldsOfEndpointsTest extends DispatcherFixture {

    private static final String MESSAGES = "\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    /** However its name and value are written. */
    @ParameterizedTest
    @ValueSource(strings = {
        "\"service_tier\":\"priority\"", "\"service_tier\":null", "\"service\\u005ftier\":{}", "\"Service_TIER\":1",
        "\"\\u017fervice_tier\":1", "\"models\":[\"dear\"]",
    })
    void aRequestWithItGoesElsewhere(String field) throws InterruptedException {
        Pool pool = Endpoints.pool(
                refusing("a", Provider.OPENAI, "service_tier", "models"),
                Endpoints.openAi("b", Endpoints.unlimited()));

        for (int call = 0; call < 20; call++) {
            assertThat(dispatch(pool, RequestKind.CHAT_COMPLETIONS, "{" + MESSAGES + "," + field + "}"))
                    .isInstanceOf(DispatchResult.Answered.class);
        }

        assertThat(upstream.calls()).hasSize(20).containsOnly("b");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "CHAT_COMPLETIONS | \"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]",
        "MESSAGES | \"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]",
        "COUNT_TOKENS | \"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]",
        "EMBEDDINGS | \"input\":\"Hi\"",
        "RESPONSES | \"input\":\"Hi\"",
    })
    void whereNobodyTakesItItIsNamed(RequestKind kind, String fields) throws InterruptedException {
        Pool pool = Endpoints.pool(refusing("a", kind.protocol(), "tier", "route"));

        assertThat(dispatch(pool, kind, "{\"model\":\"chat\"," + fields + ",\"route\":\"fallback\"}"))
                .isInstanceOfSatisfying(DispatchResult.Declined.class, declined -> {
                    assertThat(declined.error().status()).isEqualTo(400);
                    assertThat(declined.error().param()).isEqualTo("route");
                    assertThat(declined.error().message()).contains("'route'", "refuse_fields");
                });
        assertThat(upstream.calls()).isEmpty();
    }

    @Test
    void aRequestWithoutItIsSent() throws InterruptedException {
        Pool pool = Endpoints.pool(refusing("a", Provider.OPENAI, "route"));

        assertThat(dispatch(pool, RequestKind.CHAT_COMPLETIONS, "{" + MESSAGES + ",\"metadata\":{\"route\":\"1\"}}"))
                .isInstanceOf(DispatchResult.Answered.class);
    }

    /** A caller of Anthropic's protocol says {@code stop_sequences}, and OpenAI's endpoint would be sent {@code stop}. */
    @ParameterizedTest
    @ValueSource(strings = {"stop", "stop_sequences"})
    void aFieldThatIsTranslatedCountsByBothNames(String refused) throws InterruptedException {
        Pool pool = Endpoints.pool(refusing("a", Provider.OPENAI, refused));
        String body = "{\"max_tokens\":9,\"stop_sequences\":[\"x\"]," + MESSAGES + "}";

        assertThat(dispatch(pool, RequestKind.MESSAGES, body)).isInstanceOfSatisfying(
                DispatchResult.Declined.class,
                declined -> assertThat(declined.error().param()).isEqualTo(refused));
    }

    private static Endpoint refusing(String name, Provider provider, String... fields) {
        return new EndpointBuilder(name)
                .provider(provider)
                .operations(EnumSet.allOf(Operation.class))
                .refusedFields(Set.of(fields))
                .build();
    }

    private DispatchResult dispatch(Pool pool, RequestKind kind, String body) throws InterruptedException {
        ModelRequest request =
                ((Parsed.Valid) ModelRequest.parse(kind, Headers.NONE, body.getBytes(UTF_8))).request();
        return dispatcher(pool).dispatch(request, deadline(28));
    }
}
