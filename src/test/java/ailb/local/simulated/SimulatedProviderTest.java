package ailb.local.simulated;

import static ailb.local.simulated.Sender.ANTHROPIC_CHAT;
import static ailb.local.simulated.Sender.OPENAI_CHAT;
import static ailb.local.simulated.Sender.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.api.ApiResponse;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class SimulatedProviderTest {

    private final SteppedClock clock = new SteppedClock();
    private SimulatedProvider openAi;
    private SimulatedProvider anthropic;

    @BeforeEach
    void start() throws IOException {
        openAi = SimulatedProvider.openAi("gpt", 500, 10_000, clock, new Random(1));
        openAi.setLatency(Duration.ZERO, Duration.ZERO);
        anthropic = SimulatedProvider.anthropic("claude", 300, 10_000, 10_000, clock, new Random(1));
        anthropic.setLatency(Duration.ZERO, Duration.ZERO);
    }

    @AfterEach
    void close() {
        openAi.close();
        anthropic.close();
    }

    @ParameterizedTest
    @CsvSource({"ok, 200, 200", "fail, 500, 500", "overloaded, 503, 529", "unauthorized, 401, 401", "garbage, 200, 200",
        "break_off, 200, 200", "rate_limited, 429, 429"})
    void behavesAsItIsTold(String mode, int openAiStatus, int anthropicStatus) {
        String instruction = "{\"mode\":\"" + mode + "\"}";

        assertThat(new Sender(openAi).tell(instruction).status()).isEqualTo(200);
        assertThat(new Sender(anthropic).tell(instruction).status()).isEqualTo(200);

        assertThat(new Sender(openAi).openAi(OPENAI_CHAT).status()).isEqualTo(openAiStatus);
        assertThat(new Sender(anthropic).anthropic(ANTHROPIC_CHAT).status()).isEqualTo(anthropicStatus);
    }

    @Test
    void aToldRateLimitComesWithARetryAfter() {
        new Sender(openAi).tell("{\"mode\":\"rate_limited\"}");
        new Sender(anthropic).tell("{\"mode\":\"rate_limited\"}");

        assertThat(new Sender(openAi).openAi(OPENAI_CHAT).headers()).containsEntry("retry-after-ms", "5000");
        assertThat(new Sender(anthropic).anthropic(ANTHROPIC_CHAT).headers()).containsEntry("retry-after", "5");
    }

    @Test
    void garbageIsNoJson() {
        new Sender(openAi).tell("{\"mode\":\"garbage\"}");
        ApiResponse response = new Sender(openAi).openAi(OPENAI_CHAT);

        assertThatThrownBy(() -> json(response)).isInstanceOf(IOException.class);
    }

    @Test
    void aStreamThatBreaksOffHasABeginningAndNoEnd() throws Exception {
        new Sender(openAi).tell("{\"mode\":\"break_off\"}");
        new Sender(anthropic).tell("{\"mode\":\"break_off\"}");

        String chat =
                Sender.stream(new Sender(openAi).openAi(OPENAI_CHAT.replace("{\"model", "{\"stream\":true,\"model")));
        String message = Sender.stream(
                new Sender(anthropic).anthropic(ANTHROPIC_CHAT.replace("{\"model", "{\"stream\":true,\"model")));

        assertThat(chat).contains("\"content\":\"This \"").doesNotContain("[DONE]", "\"finish_reason\":\"stop\"");
        assertThat(message).contains("\"text\":\"This \"").doesNotContain("message_delta", "message_stop");
        assertThat(new Sender(openAi).openAi(OPENAI_CHAT).status()).isEqualTo(200);
    }

    @Test
    void aModeEndsByItself() {
        Sender sender = new Sender(openAi);
        sender.tell("{\"mode\":\"fail\",\"for_seconds\":60}");

        clock.advance(Duration.ofMillis(59_999));
        assertThat(sender.openAi(OPENAI_CHAT).status()).isEqualTo(500);
        clock.advance(Duration.ofMillis(1));
        assertThat(sender.openAi(OPENAI_CHAT).status()).isEqualTo(200);
    }

    @Test
    void takesANewKeyAndRefusesTheOldOne() {
        Sender sender = new Sender(openAi);
        Map<String, String> old = Map.of("authorization", "Bearer " + openAi.key());

        sender.tell("{\"key\":\"rotated\"}");

        assertThat(sender.post("/v1/chat/completions", old, OPENAI_CHAT).status()).isEqualTo(401);
        assertThat(sender.openAi(OPENAI_CHAT).status()).isEqualTo(200);
    }

    @Test
    void tellsHowItDoes() throws IOException {
        Sender sender = new Sender(openAi);
        sender.openAi(OPENAI_CHAT);
        sender.tell("{\"mode\":\"rate_limited\",\"for_seconds\":60}");
        sender.openAi(OPENAI_CHAT);
        JsonNode status = json(sender.send("GET", "/simulate", Map.of(), ""));

        assertThat(status.path("name").textValue()).isEqualTo("gpt");
        assertThat(status.path("mode").textValue()).isEqualTo("rate_limited");
        assertThat(status.path("until").textValue()).isEqualTo("2026-11-02T10:01:00Z");
        assertThat(status.path("requests").intValue()).isEqualTo(2);
        assertThat(status.path("answered").intValue()).isEqualTo(1);
        assertThat(status.path("refused").intValue()).isEqualTo(1);
        assertThat(status.at("/remaining/requests").intValue()).isEqualTo(499);
        assertThat(status.toString()).doesNotContain(openAi.key());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fail", "{}", "[]", "{\"mode\":\"explode\"}", "{\"mode\":\"fail\",\"seconds\":1}",
        "{\"for_seconds\":5}", "{\"mode\":\"fail\",\"for_seconds\":-1}", "{\"latency_ms\":\"1\"}",
        "{\"key\":\"\"}"})
    void anInstructionThatIsNoneChangesNothing(String instruction) throws IOException {
        Sender sender = new Sender(openAi);
        ApiResponse response = sender.tell(instruction);

        assertThat(response.status()).isEqualTo(400);
        assertThat(json(response).path("error").textValue()).startsWith("the instruction ");
        assertThat(sender.openAi(OPENAI_CHAT).status()).isEqualTo(200);
    }

    @Test
    void answersOverHttpOnLoopback() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(chat(), BodyHandlers.ofString());

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("x-ratelimit-remaining-requests")).contains("499");
            assertThat(response.body()).contains("You said");
        }
    }

    @Test
    void aHangingCallIsLetGoWhenTheProviderEnds() throws Exception {
        Sender sender = new Sender(openAi);
        sender.tell("{\"mode\":\"hang\"}");
        CompletableFuture<ApiResponse> call = hangingCall(sender);

        openAi.close();

        assertThat(call.get(5, TimeUnit.SECONDS).status()).isEqualTo(500);
    }

    @Test
    void aHangingCallIsLetGoWhenTheModeEnds() throws Exception {
        Sender sender = new Sender(openAi);
        sender.tell("{\"mode\":\"hang\"}");
        CompletableFuture<ApiResponse> call = hangingCall(sender);
        sender.tell("{\"mode\":\"hang\",\"for_seconds\":60}");
        assertThatThrownBy(() -> call.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

        sender.tell("{\"mode\":\"ok\"}");

        assertThat(call.get(5, TimeUnit.SECONDS).status()).isEqualTo(500);
    }

    @Test
    void aHangingCallIsLetGoAfterItsTime() throws Exception {
        SimulatedProvider hanging =
                SimulatedProvider.openAi("gpt", 500, 10_000, InstantSource.system(), new Random(1));
        try (hanging) {
            Sender sender = new Sender(hanging);
            sender.tell("{\"mode\":\"hang\",\"for_seconds\":0.2}");

            CompletableFuture<ApiResponse> call =
                    CompletableFuture.supplyAsync(() -> sender.openAi(OPENAI_CHAT), Thread::startVirtualThread);

            assertThat(call.get(5, TimeUnit.SECONDS).status()).isIn(200, 500);
        }
    }

    /** A call that is waiting by now. */
    private static CompletableFuture<ApiResponse> hangingCall(Sender sender) throws InterruptedException {
        CompletableFuture<ApiResponse> call = new CompletableFuture<>();
        Thread caller = Thread.startVirtualThread(() -> call.complete(sender.openAi(OPENAI_CHAT)));
        while (caller.isAlive() && caller.getState() != Thread.State.TIMED_WAITING) {
            Thread.sleep(1);
        }
        assertThat(call).isNotDone();
        return call;
    }

    private HttpRequest chat() {
        return HttpRequest.newBuilder(openAi.baseUrl().resolve("/v1/chat/completions"))
                .header("authorization", "Bearer " + openAi.key())
                .POST(BodyPublishers.ofString(OPENAI_CHAT, UTF_8))
                .build();
    }
}
