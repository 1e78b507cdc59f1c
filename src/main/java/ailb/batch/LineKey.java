package ailb.batch;

/**
 * A line of a batch.
 *
 * @param line from 0
 */
public record LineKey(String batch, int line) {}
