package ailb.local.simulated;

import static ailb.local.simulated.Sender.OPENAI_CHAT;
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

class OpenAiProviderTest {

    private final SteppedClock clock = new SteppedClock();
    private SimulatedProvider provider;
    private Sender sender;

    @BeforeEach
    void start() throws IOException {
        provider = SimulatedProvider.openAi("sim", 500, 10_000, clock, new Random(1));
        provider.setLatency(Duration.ZERO, Duration.ZERO);
        sender = new Sender(provider);
    }

    @AfterEach
    void close() {
        provider.close();
    }

    @Test
    void answersAsChatCompletionsAreDocumented() throws IOException {
        ApiResponse response = sender.openAi(OPENAI_CHAT);

        assertThat(response.status()).isEqualTo(200);
        JsonNode body = json(response);
        assertThat(body.path("object").textValue()).isEqualTo("chat.completion");
        assertThat(body.path("created").longValue()).isEqualTo(1_793_613_600);
        assertThat(body.path("model").textValue()).isEqualTo("simulated-gpt");
        JsonNode choice = body.path("choices").path(0);
        assertThat(choice.at("/message/role").textValue()).isEqualTo("assistant");
        assertThat(choice.at("/message/content").textValue()).contains("sim").contains("\"Hello\"");
        assertThat(choice.path("finish_reason").textValue()).isEqualTo("stop");
        // 5 characters are 2 tokens; the answer's 52 are 13.
        assertThat(choice.at("/message/content").textValue()).hasSize(52);
        assertThat(body.at("/usage/prompt_tokens").intValue()).isEqualTo(2);
        assertThat(body.at("/usage/completion_tokens").intValue()).isEqualTo(13);
        assertThat(body.at("/usage/total_tokens").intValue()).isEqualTo(15);
    }

    @Test
    void anAnswerIsCutAtMaxTokens() throws IOException {
        JsonNode body = json(sender.openAi(OPENAI_CHAT.replace("\"messages\"", "\"max_tokens\":2,\"messages\"")));

        assertThat(body.at("/choices/0/message/content").textValue()).isEqualTo("This is ");
        assertThat(body.at("/choices/0/finish_reason").textValue()).isEqualTo("length");
        assertThat(body.at("/usage/completion_tokens").intValue()).isEqualTo(2);
    }

    @Test
    void headersTellWhatIsLeftAndWhenItIsBack() {
        sender.openAi(OPENAI_CHAT);
        clock.advance(Duration.ofMillis(59_880));

        assertThat(sender.openAi(OPENAI_CHAT).headers())
                .containsEntry("x-ratelimit-limit-requests", "500")
                .containsEntry("x-ratelimit-remaining-requests", "498")
                .containsEntry("x-ratelimit-reset-requests", "1m0s")
                .containsEntry("x-ratelimit-limit-tokens", "10000")
                .containsEntry("x-ratelimit-remaining-tokens", "9996")
                .containsEntry("x-ratelimit-reset-tokens", "1m0s");
    }

    @Test
    void takesNoMoreThanTheLimitInAnySixtySeconds() {
        // Ten requests a second for 150 s: 500 of the first minute are served. Refused ones count too, so the rest is not.
        int served = 0;
        for (int i = 0; i < 1500; i++) {
            served += sender.openAi(OPENAI_CHAT).status() == 200 ? 1 : 0;
            clock.advance(Duration.ofMillis(100));
        }

        assertThat(served).isEqualTo(500);
        assertThat(provider.refused()).isEqualTo(1000);
    }

    @Test
    void whoeverKeepsTheRateIsNeverRefused() {
        // 120 ms apart is 500 a minute.
        for (int i = 0; i < 1500; i++) {
            assertThat(sender.openAi(OPENAI_CHAT).status()).isEqualTo(200);
            clock.advance(Duration.ofMillis(120));
        }
    }

    @Test
    void aRefusalSaysWhichLimitAndWhenToComeBack() throws IOException {
        IntStream.range(0, 500).forEach(_ -> sender.openAi(OPENAI_CHAT));
        clock.advance(Duration.ofMillis(58_500));
        ApiResponse refusal = sender.openAi(OPENAI_CHAT);

        assertThat(refusal.status()).isEqualTo(429);
        assertThat(refusal.headers())
                .containsEntry("retry-after-ms", "1500")
                .containsEntry("retry-after", "2")
                .containsEntry("x-ratelimit-remaining-requests", "0");
        JsonNode error = json(refusal).path("error");
        assertThat(error.path("type").textValue()).isEqualTo("requests");
        assertThat(error.path("code").textValue()).isEqualTo("rate_limit_exceeded");
        assertThat(error.path("message").textValue())
                .isEqualTo("Rate limit reached for simulated-gpt on requests per min (RPM): Limit 500, Used 500,"
                        + " Requested 1. Please try again in 1.5s.");
    }

    @Test
    void tokensAreChargedByTheBoundOnTheAnswer() throws IOException {
        String large = OPENAI_CHAT.replace("\"messages\"", "\"max_completion_tokens\":4000,\"messages\"");
        sender.openAi(large);
        clock.advanceSeconds(20);
        sender.openAi(large);
        clock.advanceSeconds(20);
        ApiResponse refusal = sender.openAi(large);

        assertThat(refusal.status()).isEqualTo(429);
        assertThat(refusal.headers()).containsEntry("retry-after", "20")
                .containsEntry("x-ratelimit-remaining-tokens", "2000");
        assertThat(json(refusal).at("/error/type").textValue()).isEqualTo("tokens");
        clock.advanceSeconds(20);
        assertThat(sender.openAi(large).status()).isEqualTo(200);
    }

    @Test
    void aRequestDearerThanTheWholeLimitIsTooLargeForEver() throws IOException {
        ApiResponse refusal = sender.openAi(OPENAI_CHAT.replace("\"messages\"", "\"max_tokens\":10001,\"messages\""));

        assertThat(refusal.status()).isEqualTo(429);
        assertThat(refusal.headers()).doesNotContainKey("retry-after");
        assertThat(json(refusal).at("/error/message").textValue()).startsWith("Request too large for simulated-gpt");
    }

    @Test
    void aWrongKeyIs401AndNotRepeated() throws IOException {
        ApiResponse response =
                sender.post("/v1/chat/completions", Map.of("authorization", "Bearer other"), OPENAI_CHAT);

        assertThat(response.status()).isEqualTo(401);
        assertThat(json(response).at("/error/code").textValue()).isEqualTo("invalid_api_key");
        assertThat(json(response).toString()).doesNotContain("other");
        assertThat(sender.post("/v1/chat/completions", Map.of(), OPENAI_CHAT).status()).isEqualTo(401);
    }

    @Test
    void anUnknownModelIs404() throws IOException {
        ApiResponse response = sender.openAi(OPENAI_CHAT.replace("simulated-gpt", "gpt-9"));

        assertThat(response.status()).isEqualTo(404);
        assertThat(json(response).at("/error/code").textValue()).isEqualTo("model_not_found");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", value = {
        "{\"model\"                                                    | null",
        "[]                                                            | null",
        "{\"messages\":[]}                                             | null",
        "{\"model\":\"simulated-gpt\"}                                 | messages",
        "{\"model\":\"simulated-gpt\",\"messages\":\"Hello\"}          | messages",
        "{\"model\":\"simulated-gpt\",\"messages\":[]}                 | messages",
        "{\"model\":\"simulated-gpt\",\"messages\":[{}],\"temperature\":3} | temperature"})
    void aBadRequestIs400AndNamesTheField(String body, String param) throws IOException {
        ApiResponse response = sender.openAi(body);

        assertThat(response.status()).isEqualTo(400);
        assertThat(json(response).at("/error/type").textValue()).isEqualTo("invalid_request_error");
        assertThat(json(response).at("/error/param").textValue()).isEqualTo(param);
    }

    @Test
    void anotherPathIs404() {
        assertThat(sender.post("/v1/chat", Map.of(), "{}").status()).isEqualTo(404);
    }
}
