package ailb.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The caller of a stream, which keeps what it is sent; it may hang up. */
final class RecordedCaller implements StreamCaller {

    /** What comes next to a caller who is still there. */
    interface Next {

        void come() throws IOException;
    }

    private final ByteArrayOutputStream events = new ByteArrayOutputStream();
    private final List<String> heads = new ArrayList<>();
    private int heartbeats;

    /** Before events are taken. */
    Next beforeEvents = () -> {};

    /** Before a heartbeat is taken. */
    Next beforeHeartbeat = () -> {};

    @Override
    public void begin(String endpoint, int attempts) {
        heads.add(endpoint + " " + attempts);
    }

    @Override
    public void send(byte[] sent) throws IOException {
        beforeEvents.come();
        events.writeBytes(sent);
    }

    @Override
    public void heartbeat() throws IOException {
        beforeHeartbeat.come();
        heartbeats++;
    }

    /** The endpoint and the attempts of each head: one at most. */
    List<String> heads() {
        return heads;
    }

    int heartbeats() {
        return heartbeats;
    }

    /** All events, as they came. */
    String text() {
        return events.toString(UTF_8);
    }

    void forget() {
        events.reset();
        heads.clear();
        heartbeats = 0;
    }
}
