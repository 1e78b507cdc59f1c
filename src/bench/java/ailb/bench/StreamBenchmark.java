package ailb.bench;

import ailb.pool.Provider;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.protocol.stream.ReplyStream;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.RequestKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
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

/** One event of a stream, from the provider's bytes to the caller's: passed on, or translated. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StreamBenchmark {

    private static final String CHUNK = """
            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1694268190,"model":"gpt-4o-mini",\
            "system_fingerprint":"fp_44709d6fcb","choices":[{"index":0,"delta":{"content":" play"},"logprobs":null,\
            "finish_reason":null}]}

            """;
    private static final String START = """
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],\
            "model":"claude","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":25,"output_tokens":1}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            """;
    private static final String DELTA = """
            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" play"}}

            """;

    @Param({"CHAT_COMPLETIONS", "MESSAGES"}) public RequestKind kind = RequestKind.CHAT_COMPLETIONS;

    @Param({"OPENAI", "ANTHROPIC"}) public Provider provider = Provider.OPENAI;

    private @Nullable ReplyStream stream;
    private byte[] event = new byte[0];

    @Setup
    public void setUp() {
        String body =
                "{\"model\":\"chat\",\"stream\":true,\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
        if (!(ModelRequest.parse(kind, Headers.NONE, bytes(body)) instanceof Parsed.Valid(ModelRequest request))) {
            throw new IllegalStateException("the request is not valid");
        }
        stream = request.events(provider, Headers.NONE, Instant.EPOCH);
        stream.feed(bytes(provider == Provider.OPENAI ? CHUNK : START));
        event = bytes(provider == Provider.OPENAI ? CHUNK : DELTA);
    }

    @Benchmark
    public ReplyStream.Step event() {
        ReplyStream.Step step = stream.feed(event);
        if (step.events().length == 0) {
            throw new IllegalStateException("nothing was passed on");
        }
        return step;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
