package ailb.batch;

/**
 * How much of a batch is on the queue.
 *
 * @param line the next line, from 0
 * @param offset where it starts in the input, bytes
 */
public record Cursor(int line, long offset) {

    public static final Cursor START = new Cursor(0, 0);
}
