package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.api.AnswerLimits;
import ailb.api.Api;
import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.api.CallerKeys;
import ailb.api.FixedClientKeys;
import ailb.batch.InMemoryBatchQueue;
import ailb.batch.InMemoryBatchStore;
import ailb.dispatch.FixedKeys;
import ailb.dispatch.ScriptedUpstream;
import ailb.pool.Endpoints;
import ailb.port.Deadline;
import ailb.port.SteppedTime;
import ailb.protocol.wire.Headers;
import ailb.state.InMemoryStateStore;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WiringTest {

    private final SteppedTime time = new SteppedTime(1_800_000_000_000_000_000L);

    /** The other source may be foreseen by whoever has seen enough of what it gave. */
    @Test
    void theIdsThatCallersGetAreMadeOfTheirOwnSourceAlone() throws IOException {
        ApiResponse response = (ApiResponse) api().handle(
                new ApiRequest(
                        "POST", "/v1/batches", "", new Headers(Map.of("x-api-key", "local")),
                        """
                        {"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"chat",\
                        "messages":[{"role":"user","content":"Hi"}]}}"""
                                .getBytes(StandardCharsets.UTF_8)),
                Deadline.in(Duration.ofSeconds(28), time));

        assertThat(response.headers()).containsEntry("x-request-id", "req_00000000000000ff");
        assertThat(new JsonMapper().readTree(response.body()).path("id").textValue())
                .isEqualTo("batch_01a3185c5000" + "00000000000000ff".repeat(2));
    }

    private Api api() {
        return Wiring.api(
                Endpoints.pool(Endpoints.openAi("a", Endpoints.unlimited())),
                new InMemoryStateStore(),
                new ScriptedUpstream(),
                new FixedKeys(),
                new CallerKeys(new FixedClientKeys(Map.of("default", "local")), FixedClientKeys.NONE),
                new InMemoryBatchStore(),
                new InMemoryBatchQueue(time, new Random(5)),
                Duration.ofDays(7),
                time,
                new Random(5),
                () -> 255,
                AnswerLimits.NONE,
                () -> {},
                _ -> {});
    }
}
