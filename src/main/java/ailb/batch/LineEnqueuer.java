package ailb.batch;

import ailb.port.Deadline;
import ailb.port.TimeSource;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts the lines of a batch on the queue, some hundred KB at a time. The cursor moves after the messages are sent:
 * lines that are sent twice are worked on once, and no line is lost.
 */
final class LineEnqueuer {

    /** With less time left the rest is left to the next invocation. */
    private static final long STRETCH = Duration.ofSeconds(5).toNanos();

    private static final byte LINE_FEED = '\n';

    private final BatchStore store;
    private final BatchQueue queue;
    private final TimeSource time;

    LineEnqueuer(BatchStore store, BatchQueue queue, TimeSource time) {
        this.store = store;
        this.queue = queue;
        this.time = time;
    }

    /**
     * Enqueues lines until the batch ends, or the time.
     *
     * @return whether nothing is left to do
     */
    boolean run(String id, Deadline deadline) {
        Optional<Batch> batch = store.find(id, time.now());
        // The batch must be in progress before its first line can be answered.
        batch.filter(found -> found.status() == BatchStatus.VALIDATING)
                .ifPresent(found -> store.advance(id, found.cursor(), found.cursor(), time.now()));
        while (batch.isPresent() && !batch.get().status().isOver()
                && batch.get().cursor().line() < batch.get().total()) {
            if (deadline.remaining(time) < STRETCH) {
                return false;
            }
            Cursor from = batch.get().cursor();
            Cursor to = send(id, from);
            store.advance(id, from, to, time.now());
            // If another worker has moved the cursor meanwhile, the work goes on from there.
            batch = store.find(id, time.now());
        }
        return true;
    }

    private Cursor send(String id, Cursor from) {
        byte[] stretch = wholeLines(id, from.offset());
        List<String> messages = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < stretch.length; i++) {
            if (stretch[i] == LINE_FEED) {
                // Without the opening brace of the line.
                String members = new String(stretch, start + 1, i - start - 1, StandardCharsets.UTF_8);
                messages.add("{\"batch\":\"" + id + "\",\"line\":" + (from.line() + messages.size()) + "," + members);
                start = i + 1;
            }
        }
        queue.send(messages, Duration.ZERO);
        return new Cursor(from.line() + messages.size(), from.offset() + start);
    }

    /** Bytes of the input that contain the end of a line. */
    private byte[] wholeLines(String id, long offset) {
        ByteArrayOutputStream stretch = new ByteArrayOutputStream();
        boolean ended = false;
        while (!ended) {
            byte[] more = store.input(id, offset + stretch.size());
            if (more.length == 0) {
                throw new IllegalStateException("the input of batch " + id + " ends before its last line");
            }
            stretch.writeBytes(more);
            for (byte character : more) {
                ended |= character == LINE_FEED;
            }
        }
        return stretch.toByteArray();
    }
}
