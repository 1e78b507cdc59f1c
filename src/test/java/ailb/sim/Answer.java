package ailb.sim;

import ailb.dispatch.ScriptedUpstream;
import ailb.pool.FailureClass;
import ailb.pool.Provider;
import ailb.port.Upstream;
import ailb.protocol.wire.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** What a provider says of so many tokens, in the words of its protocol. */
record Answer(Provider protocol, int input, int output) {

    private static final int WORDS = 4;

    Upstream.Result whole() {
        return switch (protocol) {
            case OPENAI -> ScriptedUpstream.answer(input, 0, output, 0);
            case ANTHROPIC -> new Upstream.Reply(
                    200,
                    new Headers(Map.of("content-type", "application/json")),
                    """
                    {"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hello"}],\
                    "stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":%d,"output_tokens":%d}}"""
                            .formatted(input, output)
                            .getBytes(StandardCharsets.UTF_8));
        };
    }

    /**
     * The same as a stream.
     *
     * @param pause between its events, nanoseconds
     * @param breaksOff whether it never comes to its end
     */
    Upstream.Result stream(Simulation time, long pause, boolean breaksOff) {
        List<String> events = switch (protocol) {
            case OPENAI -> chunks();
            case ANTHROPIC -> messageEvents();
        };
        int told = breaksOff ? events.size() / 2 : events.size();
        return new Upstream.Streaming(
                200,
                new Headers(Map.of("content-type", "text/event-stream")),
                new Told(time, events.subList(0, told), pause, breaksOff));
    }

    private List<String> chunks() {
        List<String> events = new ArrayList<>();
        events.add(chunk("{\"role\":\"assistant\",\"content\":\"\"}", "null"));
        events.addAll(Collections.nCopies(WORDS, chunk("{\"content\":\"word \"}", "null")));
        events.add(chunk("{}", "\"stop\""));
        events.add(data("""
                {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],\
                "usage":{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}}"""
                .formatted(input, output, input + output)));
        events.add(data("[DONE]"));
        return events;
    }

    private static String chunk(String delta, String finish) {
        return data("""
                {"id":"c","object":"chat.completion.chunk","created":1,"model":"m",\
                "choices":[{"index":0,"delta":%s,"finish_reason":%s}]}""".formatted(delta, finish));
    }

    private List<String> messageEvents() {
        List<String> events = new ArrayList<>();
        events.add(event("message_start", """
                "message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],\
                "stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":%d,"output_tokens":1}}"""
                .formatted(input)));
        events.add(event("content_block_start", """
                "index":0,"content_block":{"type":"text","text":""}"""));
        events.addAll(Collections.nCopies(WORDS, event("content_block_delta", """
                "index":0,"delta":{"type":"text_delta","text":"word "}""")));
        events.add(event("content_block_stop", """
                "index":0"""));
        events.add(event("message_delta", """
                "delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":%d}"""
                .formatted(output)));
        events.add("event: message_stop\n" + data("{\"type\":\"message_stop\"}"));
        return events;
    }

    private static String event(String type, String fields) {
        return "event: " + type + "\n" + data("{\"type\":\"" + type + "\"," + fields + "}");
    }

    private static String data(String json) {
        return "data: " + json + "\n\n";
    }

    /** Events that come one after the other. */
    private static final class Told implements Upstream.Body {

        private final Simulation time;
        private final List<String> events;
        private final long pause;
        private final boolean breaksOff;
        private int next;
        private long nextAt;

        Told(Simulation time, List<String> events, long pause, boolean breaksOff) {
            this.time = time;
            this.events = events;
            this.pause = pause;
            this.breaksOff = breaksOff;
            this.nextAt = time.now();
        }

        @Override
        public Upstream.Piece next(Duration timeout) throws InterruptedException {
            long wait = nextAt - time.now();
            if (wait > timeout.toNanos()) {
                time.sleep(timeout.toNanos());
                return new Upstream.Silence();
            }
            time.sleep(Math.max(0, wait));
            if (next == events.size()) {
                return breaksOff ? new Upstream.Lost(FailureClass.TRANSPORT, "scripted") : new Upstream.End();
            }
            nextAt += pause;
            return new Upstream.Bytes(events.get(next++).getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
