package ailb.bench;

import ailb.api.Api;
import ailb.api.ApiAnswer;
import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.lambda.SystemTime;
import ailb.pool.Provider;
import ailb.port.Deadline;
import ailb.port.TimeSource;
import ailb.port.Upstream;
import ailb.protocol.wire.Headers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One request from its bytes to the answer's, with a provider that takes no time and the in-memory store: what is left
 * is the balancer's own work. Limits are far away, so that nobody waits.
 */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.SampleTime})
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class OwnWorkBenchmark {

    @Param({"OPENAI", "ANTHROPIC"}) public Provider provider = Provider.OPENAI;

    @Param({"3", "30"}) public int endpoints;

    private final TimeSource time = new SystemTime();
    private @Nullable Api api;
    private @Nullable ApiRequest request;

    @Setup
    public void setUp() {
        api = Pools.api(
                Pools.endpoints(endpoints, provider, URI.create("https://provider.example/v1")), answering(), time);
        String body = """
                {"model":"chat","max_tokens":100,"messages":[{"role":"system","content":"Be brief."},\
                {"role":"user","content":"%s"}]}""".formatted("All work and no play. ".repeat(40));
        request = new ApiRequest(
                "POST",
                "/v1/chat/completions",
                "",
                new Headers(Map.of("authorization", "Bearer " + Pools.KEY)),
                body.getBytes(StandardCharsets.UTF_8));
    }

    @Benchmark
    public ApiResponse request() {
        ApiAnswer answer = api.handle(request, Deadline.in(Duration.ofSeconds(28), time));
        if (!(answer instanceof ApiResponse response) || response.status() != 200) {
            throw new IllegalStateException(answer.toString());
        }
        return response;
    }

    private Upstream answering() {
        String answer =
                switch (provider) {
                    case OPENAI ->
                        """
                        {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,\
                        "message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],\
                        "usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}""";
                    case ANTHROPIC ->
                        """
                        {"id":"msg_1","type":"message","role":"assistant","model":"m",\
                        "content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn",\
                        "usage":{"input_tokens":10,"output_tokens":5}}""";
                };
        Upstream.Reply reply =
                new Upstream.Reply(200, Headers.NONE, answer.getBytes(StandardCharsets.UTF_8));
        return (_, _) -> reply;
    }
}
