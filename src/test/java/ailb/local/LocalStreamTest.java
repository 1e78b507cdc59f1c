package ailb.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream through the laptop server: caller, balancer and simulated provider over real sockets. */
@Timeout(60)
class LocalStreamTest {

    @Test
    void aChatIsStreamedByAnEndpointThatCanThoughAnotherFails() throws Exception {
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, UTF_8);
        Map<String, String> environment = Map.of("PORT", "0", "STATE", "memory");
        try (LocalServer server = LocalServer.start(LocalSettings.of(environment, new Random(1)), out);
                Caller caller = new Caller(server.uri())) {
            caller.put("/simulate/openai-primary", "{\"mode\":\"fail\"}");
            String streamed = Caller.CHAT.replace("{\"model\":\"chat\"", "{\"stream\":true,\"model\":\"gpt\"");

            for (int call = 0; call < 5; call++) {
                HttpResponse<String> response = caller.send("POST", "/v1/chat/completions", streamed);

                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.headers().firstValue("content-type")).contains("text/event-stream");
                assertThat(response.headers().firstValue("x-lb-endpoint")).contains("openai-secondary");
                assertThat(response.body()).startsWith("data: {")
                        .endsWith("data: [DONE]\n\n")
                        .contains("\"content\":\"openai-secondary, \"")
                        .doesNotContain("\"usage\":{");
            }
            assertThat(caller.get("/v1/pool").at("/endpoints/1/tokens/output").asLong()).isPositive();
        }
    }
}
