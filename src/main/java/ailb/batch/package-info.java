/**
 * Many requests at once, worked off through a queue: a batch, its lines, who works on them, and their results. Each line
 * gets one outcome on record, whatever dies on the way. Its ports are the store of batches and the queue.
 */
@NullMarked
package ailb.batch;

import org.jspecify.annotations.NullMarked;
