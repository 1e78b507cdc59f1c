package ailb.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import ailb.protocol.wire.Headers;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** However a request is made, looking through it and putting it to a provider takes memory in proportion to its bytes. */
class AllocationTest {

    private static final int BYTES = 100_000;

    /** Bytes allocated for each byte of the body, by both steps together. */
    private static final int MOST = 50;

    private static final List<Endpoint> ENDPOINTS = List.of(
            WireFiles.endpoint(Provider.OPENAI, "https://api.openai.com/v1", "model-id"),
            WireFiles.endpoint(Provider.OPENAI, "https://api.mistral.ai/v1", "model-id"),
            WireFiles.endpoint(Provider.OPENAI, "https://api.deepseek.com/v1", "model-id"),
            WireFiles.endpoint(Provider.OPENAI, "https://generativelanguage.googleapis.com/v1beta/openai", "gemini"),
            WireFiles.endpoint(Provider.ANTHROPIC, "https://api.anthropic.com", "model-id"));

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<String> tooMuch = new ArrayList<>();

    @Test
    void bothStepsTakeAtMostFiftyTimesTheBody() {
        Bombs.forEach(5_000, this::put); // loads the classes and makes the buffers that are kept
        tooMuch.clear();

        Bombs.forEach(BYTES, this::put);

        assertThat(tooMuch).isEmpty();
    }

    private void put(Bombs.Bomb bomb) {
        long before = threads.getCurrentThreadAllocatedBytes();
        Optional<ModelRequest> request = read(bomb);
        long reading = threads.getCurrentThreadAllocatedBytes() - before;
        note(bomb, "reading", reading);
        for (Endpoint endpoint : ENDPOINTS) {
            request.filter(read -> read.unsupportedAt(endpoint.provider()).isEmpty())
                    .ifPresent(read -> note(bomb, "call of " + endpoint.baseUrl(), reading + putting(read, endpoint)));
        }
    }

    private long putting(ModelRequest request, Endpoint endpoint) {
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThat(request.at(endpoint, "key").body()).isNotEmpty();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private void note(Bombs.Bomb bomb, String step, long bytes) {
        double times = (double) bytes / bomb.body().length;
        if (times > MOST) {
            tooMuch.add(times + " times: " + bomb + ", " + step);
        }
    }

    /** As the dispatcher does before it chooses an endpoint. */
    private static Optional<ModelRequest> read(Bombs.Bomb bomb) {
        if (!(ModelRequest.parse(bomb.kind(), Headers.NONE, bomb.body()) instanceof Parsed.Valid(var request))) {
            return Optional.empty();
        }
        assertThat(request.promptCharacters()).isGreaterThanOrEqualTo(0);
        assertThat(request.isCached()).isFalse();
        for (Provider provider : Provider.values()) {
            assertThat(request.unsupportedAt(provider).orElse("").length()).isLessThanOrEqualTo(203);
        }
        return Optional.of(request);
    }
}
