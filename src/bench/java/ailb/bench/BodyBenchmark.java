package ailb.bench;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderRequest;
import ailb.protocol.wire.RequestKind;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
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

/** A request's body, from the caller's bytes to the provider's: passed on, or translated. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BodyBenchmark {

    private static final int TURN = 500;

    /** Bytes of the body, about. */
    @Param({"1000", "100000", "1000000"}) public int bytes;

    @Param({"CHAT_COMPLETIONS", "MESSAGES"}) public RequestKind kind = RequestKind.CHAT_COMPLETIONS;

    @Param({"OPENAI", "ANTHROPIC"}) public Provider provider = Provider.OPENAI;

    private Endpoint endpoint = Pools.endpoints(1, provider, URI.create("https://provider.example/v1")).getFirst();
    private byte[] body = new byte[0];

    @Setup
    public void setUp() {
        endpoint = Pools.endpoints(1, provider, URI.create("https://provider.example/v1")).getFirst();
        StringBuilder json = new StringBuilder("{\"model\":\"chat\",\"max_tokens\":100,\"messages\":[");
        String words = "All work and no play makes Jack a dull boy. ".repeat(TURN / 44);
        for (int turn = 0; turn == 0 || json.length() < bytes || turn % 2 == 0; turn++) {
            json.append(turn == 0 ? "" : ",")
                    .append("{\"role\":\"")
                    .append(turn % 2 == 0 ? "user" : "assistant")
                    .append("\",\"content\":\"")
                    .append(words)
                    .append("\"}");
        }
        body = json.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    }

    @Benchmark
    public ProviderRequest toProvider() {
        return switch (ModelRequest.parse(kind, Headers.NONE, body)) {
            case Parsed.Valid(ModelRequest request) when request.unsupportedAt(provider).isEmpty() ->
                request.at(endpoint, "key");
            case Parsed.Valid(ModelRequest request) ->
                throw new IllegalStateException(request.unsupportedAt(provider).toString());
            case Parsed.Invalid(var error) -> throw new IllegalStateException(error.message());
        };
    }
}
