package ailb.dispatch;

import ailb.port.TimeSource;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the caller of a stream gets while its request is served (ADR 24). After 10 s without content it gets the head,
 * and from then on a heartbeat every 5 s. So the caller, proxies and the gateway see that the request goes on, and a
 * caller that has left is noticed. Waits are divided for that. A caller that waits for a whole answer gets nothing.
 * Belongs to one request.
 */
final class StreamOutput {

    private static final long HEAD_DELAY = Duration.ofSeconds(10).toNanos();
    private static final long HEARTBEAT_INTERVAL = Duration.ofSeconds(5).toNanos();
    private static final Duration NEVER = Duration.ofDays(1);

    private final TimeSource time;
    private final @Nullable StreamCaller caller;
    private long due;
    private boolean hasBegun;
    private boolean isClosed;

    private StreamOutput(TimeSource time, @Nullable StreamCaller caller) {
        this.time = time;
        this.caller = caller;
        this.due = time.monotonic() + HEAD_DELAY;
    }

    static StreamOutput to(StreamCaller caller, TimeSource time) {
        return new StreamOutput(time, caller);
    }

    /** The output of a request whose answer comes whole. */
    static StreamOutput none(TimeSource time) {
        return new StreamOutput(time, null);
    }

    /** Whether the caller has left, and nobody waits for the request any more. */
    boolean isClosed() {
        return isClosed;
    }

    /** The longest wait before the next heartbeat is due; above 0. */
    Duration untilDue() {
        return caller == null || isClosed ? NEVER : Duration.ofNanos(Math.max(1, due - time.monotonic()));
    }

    /** Waits, with heartbeats. Ends early when the caller has left. */
    void sleep(long nanos) throws InterruptedException {
        if (caller == null) {
            time.sleep(nanos);
            return;
        }
        long left = nanos;
        while (left > 0 && !isClosed) {
            long part = Math.min(left, untilDue().toNanos());
            time.sleep(part);
            left -= part;
            beatIfDue();
        }
    }

    /** Sends a heartbeat if one is due, and the head before it. */
    void beatIfDue() {
        if (caller != null && !isClosed && time.monotonic() >= due) {
            write(to -> {
                begin(to, "", 0);
                to.heartbeat();
            });
        }
    }

    /**
     * Sends events, and the head before the first.
     *
     * @param attempts calls made so far
     */
    void send(String endpoint, int attempts, byte[] events) {
        write(to -> {
            begin(to, endpoint, attempts);
            to.send(events);
        });
    }

    private void begin(StreamCaller to, String endpoint, int attempts) throws IOException {
        if (!hasBegun) {
            hasBegun = true;
            to.begin(endpoint, attempts);
        }
    }

    private interface Write {

        void to(StreamCaller caller) throws IOException;
    }

    private void write(Write write) {
        if (caller == null || isClosed) {
            return;
        }
        try {
            write.to(caller);
        } catch (IOException callerIsGone) {
            isClosed = true;
        }
        due = time.monotonic() + HEARTBEAT_INTERVAL;
    }
}
