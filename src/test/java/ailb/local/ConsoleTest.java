package ailb.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.pool.FailureClass;
import ailb.port.DispatchEvent;
import ailb.protocol.wire.Headers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsoleTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Console console = new Console(
            new PrintStream(out, true, UTF_8), Clock.fixed(Instant.parse("2026-11-02T10:15:02Z"), ZoneOffset.UTC));

    @Test
    void anAnsweredRequestIsALine() {
        console.answered(request("POST", "/v1/chat/completions"), response("openai-primary", "1"), 84_900_000);
        console.answered(request("POST", "/v1/chat/completions"), response("anthropic", "2"), 1_234_000_000);

        assertThat(out.toString(UTF_8))
                .hasToString(
                        """
                                10:15:02  200  openai-primary         84 ms  POST /v1/chat/completions
                                10:15:02  200  anthropic            1234 ms  POST /v1/chat/completions  (2 attempts)
                                """);
    }

    @Test
    void whatACallerWritesCannotForgeALineOrSpeakToTheTerminal() {
        console.answered(request("GE\u001b[2JT", "/a\n10:15:02  200" + "x".repeat(100)), response("-", "1"), 0);

        assertThat(out.toString(UTF_8)).hasLineCount(1).doesNotContain("\u001b").doesNotContain("x".repeat(60));
    }

    @Test
    void whatHappensToAnEndpointIsALine() {
        console.on(new DispatchEvent.Failed("anthropic", 1, FailureClass.OVERLOADED, 529, "529 overloaded_error"));
        console.on(new DispatchEvent.Opened("anthropic", FailureClass.OVERLOADED));
        console.on(new DispatchEvent.Closed("anthropic"));

        assertThat(out.toString(UTF_8))
                .hasToString(
                        """
                                10:15:02  !    anthropic failed: OVERLOADED, 529 overloaded_error
                                10:15:02  !    anthropic is out: OVERLOADED
                                10:15:02  !    anthropic is back
                                """);
    }

    @Test
    void aDeadLetterIsALineThatTellsWhy() {
        console.deadLetter("not a message of a batch: \u001b[2J\n is not JSON");

        assertThat(out.toString(UTF_8))
                .isEqualTo("10:15:02  !    dead letter: not a message of a batch: ?[2J? is not JSON"
                        + System.lineSeparator());
    }

    private static ApiRequest request(String method, String path) {
        return new ApiRequest(method, path, "key=secret", Headers.NONE, "secret".getBytes(UTF_8));
    }

    private static ApiResponse response(String endpoint, String attempts) {
        return new ApiResponse(200, Map.of("x-lb-endpoint", endpoint, "x-lb-attempts", attempts), new byte[0]);
    }
}
