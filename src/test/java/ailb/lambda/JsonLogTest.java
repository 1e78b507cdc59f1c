package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.dispatch.DispatchEvent;
import ailb.pool.FailureClass;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonLogTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final JsonLog log = new JsonLog(new PrintStream(out, true, StandardCharsets.UTF_8));

    @Test
    void anEventIsOneLineOfJson() {
        log.on(new DispatchEvent.Answered("a", 1_234_567_890L, 10, 5));
        log.on(new DispatchEvent.Failed("a", 2_000_000L, FailureClass.SERVER, 500, "a \"quoted\" word"));
        log.on(new DispatchEvent.Opened("a", FailureClass.SERVER));
        log.on(new DispatchEvent.Closed("a"));
        log.on(new DispatchEvent.StoreDown("all", "timeout"));
        log.on(new DispatchEvent.StoreUp("all", 3_000_000L));

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualToIgnoringNewLines("""
                {"event":"answered","endpoint":"a","ms":1234,"input_tokens":10,"output_tokens":5}
                {"event":"failed","endpoint":"a","ms":2,"failure":"SERVER","status":500,"detail":"a \\"quoted\\" word"}
                {"event":"opened","endpoint":"a","reason":"SERVER"}
                {"event":"closed","endpoint":"a"}
                {"event":"storedown","endpoint":"all","cause":"timeout"}
                {"event":"storeup","endpoint":"all","down_ms":3}
                """);
    }
}
