package ailb.local.simulated;

import static ailb.local.simulated.Sender.ANTHROPIC_CHAT;
import static ailb.local.simulated.Sender.json;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.api.ApiResponse;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicProviderTest {

    private final SteppedClock clock = new SteppedClock();
    private SimulatedProvider provider;
    private Sender sender;

    @BeforeEach
    void start() throws IOException {
        provider = SimulatedProvider.anthropic("sim", 300, 50_000, 8_000, clock, new Random(1));
        provider.setLatency(Duration.ZERO, Duration.ZERO);
        sender = new Sender(provider);
    }

    @AfterEach
    void close() {
        provider.close();
    }

    @Test
    void answersAsMessagesAreDocumented() throws IOException {
        JsonNode body = json(sender.anthropic(ANTHROPIC_CHAT));

        assertThat(body.path("type").textValue()).isEqualTo("message");
        assertThat(body.path("role").textValue()).isEqualTo("assistant");
        assertThat(body.at("/content/0/type").textValue()).isEqualTo("text");
        assertThat(body.at("/content/0/text").textValue()).contains("sim").contains("\"Hello\"").hasSize(52);
        assertThat(body.path("stop_reason").textValue()).isEqualTo("end_turn");
        assertThat(body.at("/usage/input_tokens").intValue()).isEqualTo(2);
        assertThat(body.at("/usage/output_tokens").intValue()).isEqualTo(13);
    }

    @Test
    void systemPromptAndTextBlocksCountAsInput() throws IOException {
        JsonNode body = json(
                sender.anthropic(
                        """
                                {"model":"simulated-claude","max_tokens":3,"system":[{"type":"text","text":"12345678"}],
                                 "messages":[{"role":"user","content":[{"type":"text","text":"1234"}]}]}"""));

        assertThat(body.at("/usage/input_tokens").intValue()).isEqualTo(3);
        assertThat(body.at("/content/0/text").textValue()).isEqualTo("This is sim,");
        assertThat(body.path("stop_reason").textValue()).isEqualTo("max_tokens");
    }

    /** Its clients fill the cache so. */
    @Test
    void noTokensMayBeAskedFor() throws IOException {
        JsonNode body = json(sender.anthropic(ANTHROPIC_CHAT.replaceFirst("\"max_tokens\":\\d+", "\"max_tokens\":0")));

        assertThat(body.at("/usage/output_tokens").intValue()).isZero();
        assertThat(body.path("stop_reason").textValue()).isEqualTo("max_tokens");
    }

    @Test
    void headersTellWhatIsLeftWithTokensInThousands() {
        clock.advance(Duration.ofMillis(300));

        assertThat(sender.anthropic(ANTHROPIC_CHAT).headers())
                .containsEntry("anthropic-ratelimit-requests-limit", "300")
                .containsEntry("anthropic-ratelimit-requests-remaining", "299")
                .containsEntry("anthropic-ratelimit-requests-reset", "2026-11-02T10:00:01Z")
                .containsEntry("anthropic-ratelimit-input-tokens-limit", "50000")
                .containsEntry("anthropic-ratelimit-input-tokens-remaining", "50000")
                .containsEntry("anthropic-ratelimit-output-tokens-remaining", "8000")
                .containsEntry("anthropic-ratelimit-tokens-remaining", "8000");
    }

    @Test
    void takesAWholeMinuteAtOnceAndThenOneEveryFifthOfASecond() {
        assertThat(served(301)).isEqualTo(300);
        assertThat(provider.refused()).isEqualTo(1);

        clock.advance(Duration.ofMillis(200));
        assertThat(served(2)).isEqualTo(1);
        clock.advanceSeconds(10);
        assertThat(served(60)).isEqualTo(50);
    }

    @Test
    void aRefusalSaysWhichLimitAndWhenToComeBack() throws IOException {
        served(300);
        ApiResponse refusal = sender.anthropic(ANTHROPIC_CHAT);

        assertThat(refusal.status()).isEqualTo(429);
        assertThat(refusal.headers()).containsEntry("retry-after", "1");
        assertThat(json(refusal).path("type").textValue()).isEqualTo("error");
        assertThat(json(refusal).at("/error/type").textValue()).isEqualTo("rate_limit_error");
        assertThat(json(refusal).at("/error/message").textValue()).contains("300 requests per minute");
    }

    @Test
    void aRefusalForTokensTakesNothing() throws IOException {
        // 48,000 characters are 12,000 tokens: four calls of them fit into 50,000, and 2,000 are left.
        String large = ANTHROPIC_CHAT.replace("Hello", "x".repeat(48_000));
        IntStream.range(0, 4).forEach(_ -> assertThat(sender.anthropic(large).status()).isEqualTo(200));
        ApiResponse refusal = sender.anthropic(large);

        assertThat(json(refusal).at("/error/message").textValue()).contains("50000 input tokens per minute");
        assertThat(refusal.headers())
                .containsEntry("anthropic-ratelimit-requests-remaining", "296")
                .containsEntry("anthropic-ratelimit-input-tokens-remaining", "2000")
                .containsEntry("retry-after", "12"); // 10,000 missing at 50,000 a minute
        clock.advanceSeconds(12);
        assertThat(sender.anthropic(large).status()).isEqualTo(200);
    }

    @Test
    void aWrongKeyIs401AndAnUnknownModel404() throws IOException {
        ApiResponse wrong = sender.post("/v1/messages", Map.of("x-api-key", "other"), ANTHROPIC_CHAT);
        ApiResponse unknown = sender.anthropic(ANTHROPIC_CHAT.replace("simulated-claude", "claude-9"));

        assertThat(wrong.status()).isEqualTo(401);
        assertThat(json(wrong).at("/error/type").textValue()).isEqualTo("authentication_error");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(json(unknown).at("/error/message").textValue()).isEqualTo("model: claude-9");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{                                                                       | The request body is not valid JSON",
        "{\"max_tokens\":1}                                                      | model: Field required",
        "{\"model\":\"m\"}                                                       | max_tokens: Field required",
        "{\"model\":\"m\",\"max_tokens\":-1}                                     | max_tokens: Input should be",
        "{\"model\":\"m\",\"max_tokens\":1}                                      | messages: Field required",
        "{\"model\":\"m\",\"max_tokens\":1,\"messages\":[]}                      | messages: at least one",
        "{\"model\":\"m\",\"max_tokens\":1,\"messages\":[{\"role\":\"system\"}]} | messages: Unexpected role \"system\"",
        "{\"model\":\"m\",\"max_tokens\":1,\"temperature\":1.5}                  | temperature: range: 0..1"})
    void aBadRequestIs400AndNamesTheField(String body, String message) throws IOException {
        ApiResponse response = sender.anthropic(body);

        assertThat(response.status()).isEqualTo(400);
        assertThat(json(response).at("/error/type").textValue()).isEqualTo("invalid_request_error");
        assertThat(json(response).at("/error/message").textValue()).startsWith(message);
    }

    @Test
    void theVersionHeaderIsRequired() throws IOException {
        ApiResponse response = sender.post("/v1/messages", Map.of("x-api-key", provider.key()), ANTHROPIC_CHAT);

        assertThat(response.status()).isEqualTo(400);
        assertThat(json(response).at("/error/message").textValue()).contains("anthropic-version");
    }

    private long served(int requests) {
        return IntStream.range(0, requests)
                .filter(_ -> sender.anthropic(ANTHROPIC_CHAT).status() == 200)
                .count();
    }
}
