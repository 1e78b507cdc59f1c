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
 * Puts the lines of a batch on the queue, a stretch after the other. The cursor is moved after the messages are sent: what
 * is sent twice is worked on once, what is not sent is not lost.
 */
final class LineEnqueuer {

    /** With less time left no further stretch is begun. */
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
     * Goes on until the end of the batch, or of the time.
     *
     * @return whether nothing is left to do
     */
    boolean run(String id, Deadline deadline) {
        Optional<Batch> batch = store.find(id, time.now());
        // In progress before its first line can be answered.
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
            // Where another one has moved it meanwhile, the work goes on from there.
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
                // After the brace that the line opens with.
                String members = new String(stretch, start + 1, i - start - 1, StandardCharsets.UTF_8);
                messages.add("{\"batch\":\"" + id + "\",\"line\":" + (from.line() + messages.size()) + "," + members);
                start = i + 1;
            }
        }
        queue.send(messages, Duration.ZERO);
        return new Cursor(from.line() + messages.size(), from.offset() + start);
    }

    /** A stretch of the input that holds a line's end. */
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
