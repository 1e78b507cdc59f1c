package ailb.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;

import ailb.port.SteppedTime;
import ailb.port.Upstream;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/** Endpoints that answer with the events of a script; without one, with an error, and one named "whole" in one piece. */
final class ScriptedStreams implements Upstream {

    private final SteppedTime time;
    private final Map<String, ScriptedBody> bodies = new HashMap<>();

    /** Of every stream. */
    Headers headers = Headers.NONE;

    ScriptedStreams(SteppedTime time) {
        this.time = time;
    }

    /** A while in which nothing comes. */
    record Quiet(Duration time) {}

    /**
     * What an endpoint answers from now on: pieces, each after a second but the end at once; then nothing any more.
     *
     * @param script pieces, or their text, or quiet
     */
    void script(String endpoint, Object... script) {
        bodies.put(endpoint, new ScriptedBody(script));
    }

    boolean isClosed(String endpoint) {
        return bodies.get(endpoint).closed;
    }

    /** Pieces that nobody took. */
    int left(String endpoint) {
        return bodies.get(endpoint).pieces.size();
    }

    @Override
    public Result call(ProviderRequest request, Duration timeout) {
        throw new AssertionError("not asked for a stream");
    }

    @Override
    public Pending open(ProviderRequest request, Duration timeout) {
        String host = request.uri().getHost();
        String endpoint = host.substring(0, host.indexOf('.'));
        if (endpoint.equals("whole")) {
            return Pending.of(ScriptedUpstream.answer());
        }
        ScriptedBody body = bodies.get(endpoint);
        return Pending.of(body == null
                ? ScriptedUpstream.error(500, "server_error", "x")
                : new Streaming(200, headers, body));
    }

    private final class ScriptedBody implements Body {

        private final Queue<Piece> pieces = new ArrayDeque<>();
        private boolean closed;

        ScriptedBody(Object... script) {
            for (Object each : script) {
                switch (each) {
                    case Piece piece -> pieces.add(piece);
                    case Quiet(Duration quiet) -> pieces.addAll(
                            Collections.nCopies((int) quiet.toSeconds(), new Silence()));
                    default -> pieces.add(new Bytes(each.toString().getBytes(UTF_8)));
                }
            }
        }

        @Override
        public Piece next(Duration timeout) {
            if (pieces.peek() instanceof End) {
                return pieces.remove();
            }
            if (pieces.isEmpty() || timeout.compareTo(Duration.ofSeconds(1)) < 0) {
                time.pass(timeout);
                return new Silence();
            }
            time.pass(Duration.ofSeconds(1));
            return pieces.remove();
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
