package ailb.protocol;

import static ailb.protocol.WireFiles.NOW;
import static ailb.protocol.WireFiles.json;
import static ailb.protocol.WireFiles.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.pool.Provider;
import ailb.protocol.error.ApiError;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.ProviderRequest;
import ailb.protocol.wire.RequestKind;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every provider's protocol, whichever protocol the caller speaks. */
abstract class ProtocolContract {

    private static final String CHAT =
            "{\"model\":\"chat\",\"max_tokens\":7,\"messages\":[{\"role\":\"user\",\"content\":\"A secret plan\"}]}";

    /** The protocol under test. */
    abstract Provider provider();

    /** A whole answer that says {@code 9.8 is greater.} for 16 tokens of input and 110 of output. */
    abstract String answer();

    /** A refusal in the provider's words, of this type. */
    abstract String refusal(String type);

    /** Where the text of an answer stands in the caller's protocol. */
    private static String text(RequestKind kind, JsonNode answer) {
        return answer.at(kind.protocol() == Provider.OPENAI ? "/choices/0/message/content" : "/content/0/text")
                .asText();
    }

    @ParameterizedTest
    @EnumSource(names = {"CHAT_COMPLETIONS", "MESSAGES"})
    void theEndpointsModelIsAskedWithItsKey(RequestKind kind) {
        ProviderRequest sent = request(kind).at(endpoint(), "sk-test");

        assertThat(json(sent.body()).path("model").asText()).isEqualTo("model-id");
        assertThat(sent.headers().values()).anyMatch(value -> value.endsWith("sk-test"));
        assertThat(sent.uri().toString()).startsWith("https://provider.test/v1/");
    }

    @ParameterizedTest
    @EnumSource(names = {"CHAT_COMPLETIONS", "MESSAGES"})
    void nothingOfARequestPrints(RequestKind kind) {
        assertThat(request(kind) + " " + request(kind).at(endpoint(), "sk-test"))
                .doesNotContain("secret", "sk-test");
    }

    @ParameterizedTest
    @EnumSource(names = {"CHAT_COMPLETIONS", "MESSAGES"})
    void anAnswerIsToldInTheCallersProtocolWithItsUsage(RequestKind kind) {
        ProviderReply.Answer answer =
                (ProviderReply.Answer) request(kind).read(provider(), 200, Headers.NONE, utf8(answer()), NOW);

        assertThat(text(kind, json(answer.body()))).isEqualTo("9.8 is greater.");
        assertThat(answer.usage().inputTokens()).isEqualTo(16);
        assertThat(answer.usage().outputTokens()).isEqualTo(110);
    }

    @ParameterizedTest
    @EnumSource(names = {"CHAT_COMPLETIONS", "MESSAGES"})
    void aFaultOfTheCallersIsToldInTheCallersProtocol(RequestKind kind) {
        ProviderReply.Failure failure = failure(kind, 400, Headers.NONE, refusal("invalid_request_error"));

        assertThat(failure.failure()).isEqualTo(FailureClass.CALLER_FAULT);
        assertThat(failure.retryable()).isFalse();
        JsonNode told = json(failure.passOn());
        assertThat(told.at("/error/message").asText()).isEqualTo("Sorry");
        assertThat(told.at("/error/type").asText()).isEqualTo("invalid_request_error");
        assertThat(told.path("type").asText()).isEqualTo(kind.protocol() == Provider.ANTHROPIC ? "error" : "");
    }

    @ParameterizedTest
    @CsvSource({
        "401, authentication_error, CREDENTIAL",
        "403, permission_error, CREDENTIAL",
        "429, rate_limit_error, RATE_LIMITED",
        "500, api_error, SERVER",
        "503, server_error, OVERLOADED",
        "529, overloaded_error, OVERLOADED",
    })
    void aFailureIsNobodysWordsButOurs(int status, String type, FailureClass expected) {
        for (RequestKind kind : new RequestKind[]{RequestKind.CHAT_COMPLETIONS, RequestKind.MESSAGES}) {
            ProviderReply.Failure failure = failure(kind, status, Headers.NONE, refusal(type));

            assertThat(failure.failure()).isEqualTo(expected);
            assertThat(failure.passOn()).isEmpty();
            assertThat(failure.retryable()).isTrue();
        }
    }

    @Test
    void theTimeToWaitIsLearnt() {
        Headers headers = new Headers(Map.of("retry-after", "7"));

        assertThat(failure(RequestKind.MESSAGES, 429, headers, refusal("rate_limit_error")).retryAfter())
                .contains(Duration.ofSeconds(7));
    }

    @ParameterizedTest
    @CsvSource({"''", "{", "null", "[]", "{}", "<html>", "\"\uD83D\""})
    void a200ThatIsNoAnswerIsAFaultOfTheEndpoint(String body) {
        for (RequestKind kind : new RequestKind[]{RequestKind.CHAT_COMPLETIONS, RequestKind.MESSAGES}) {
            assertThat(failure(kind, 200, Headers.NONE, body).failure()).isEqualTo(FailureClass.TRANSPORT);
        }
    }

    private ProviderReply.Failure failure(RequestKind kind, int status, Headers headers, String body) {
        return (ProviderReply.Failure) request(kind).read(provider(), status, headers, utf8(body), NOW);
    }

    private Endpoint endpoint() {
        return WireFiles.endpoint(provider(), "https://provider.test/v1", "model-id");
    }

    private static ModelRequest request(RequestKind kind) {
        return switch (ModelRequest.parse(kind, Headers.NONE, utf8(CHAT))) {
            case Parsed.Valid(ModelRequest request) -> request;
            case Parsed.Invalid(ApiError error) -> throw new AssertionError(error.message());
        };
    }
}
