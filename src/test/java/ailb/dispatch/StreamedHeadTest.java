package ailb.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoints;
import ailb.pool.Pacing;
import ailb.port.Deadline;
import ailb.port.SteppedTime;
import ailb.protocol.ChatRequest;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.protocol.wire.Headers;
import ailb.state.Attribute;
import ailb.state.InMemoryStateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the head of a stream tells was true when the stream began. */
class StreamedHeadTest {

    private static final String HELLO = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n";
    private static final String STOP = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private static final String DONE = "data: [DONE]\n\n";

    private final SteppedTime time = new SteppedTime(1_795_000_020_000_000_000L);
    private final InMemoryStateStore store = new InMemoryStateStore();
    private final ScriptedStreams streams = new ScriptedStreams(time);

    /** 60 a minute, and none left: by the end of the stream, 62 s later, all are there again. */
    @Test
    void whatIsLeftOfALimitCountsFromTheBeginning() throws InterruptedException {
        streams.headers = new Headers(Map.of("x-ratelimit-remaining-requests", "0"));
        List<String> events = new ArrayList<>(Collections.nCopies(60, HELLO));
        events.addAll(List.of(STOP, DONE));
        streams.script("a", events.toArray());
        long began = time.now();

        new Dispatcher(
                Endpoints.pool(Endpoints.openAi("a", Endpoints.requests(Pacing.BUCKET, 60))),
                store, streams, new FixedKeys(), time, new Random(1), _ -> {})
                .dispatch(request(), Deadline.in(Duration.ofMinutes(5), time), new RecordedCaller());

        assertThat(time.now() - began).isGreaterThanOrEqualTo(Duration.ofSeconds(62).toNanos());
        assertThat(store.state("a").get(Attribute.REQUESTS)).isLessThan(time.now());
    }

    private static ModelRequest request() {
        String body = "{\"model\":\"chat\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        return ((Parsed.Valid) ChatRequest.parse(body.getBytes(UTF_8))).request();
    }
}
