package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.Endpoints;
import ailb.pool.Pacing;
import ailb.protocol.wire.Headers;
import ailb.state.Attribute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the head of a stream tells was true when the stream began. */
class StreamedHeadTest extends DispatcherFixture {

    private static final String HELLO = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n";
    private static final String STOP = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private static final String DONE = "data: [DONE]\n\n";

    private final ScriptedStreams streams = new ScriptedStreams(time);

    /** 60 a minute, and none left: by the end of the stream, 62 s later, all are there again. */
    @Test
    void whatIsLeftOfALimitCountsFromTheBeginning() throws InterruptedException {
        streams.headers = new Headers(Map.of("x-ratelimit-remaining-requests", "0"));
        List<String> body = new ArrayList<>(Collections.nCopies(60, HELLO));
        body.addAll(List.of(STOP, DONE));
        streams.script("a", body.toArray());
        long began = time.now();

        dispatcher(pool(openAi("a", Endpoints.requests(Pacing.BUCKET, 60))), streams)
                .dispatch(request("\"stream\":true,"), deadline(300), new RecordedCaller());

        assertThat(time.now() - began).isGreaterThanOrEqualTo(Duration.ofSeconds(62).toNanos());
        assertThat(store.state("a").get(Attribute.REQUESTS)).isLessThan(time.now());
    }
}
