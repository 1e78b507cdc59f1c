package ailb.batch;

import java.util.List;
import java.util.Optional;

/**
 * PORT: the record of batches and of the outcomes of their lines. Every change is one conditional write, so that any
 * number of workers may do any of this at once, or twice. Whoever repeats a change under the same token after an
 * exception does no harm. Safe for use by many threads.
 *
 * <p>All points in time are nanoseconds since the epoch. Everything is forgotten when its batch expires. Every method
 * throws {@link BatchStoreException} when the store does not answer; a write may then have been made or not.
 */
public interface BatchStore {

    /**
     * Stores the input whole, and then the batch; nobody sees it before. Repeated, it changes nothing. An id is never
     * used for another batch.
     */
    void create(Batch batch, byte[] input);

    /**
     * Stores a batch of one line that was found on the queue, unless there is one of its id, and returns the one there
     * is then. It is not listed, has no input, and is in progress at once.
     */
    Batch ensureDirect(String id, long now, long expires);

    /** Empty also where it has expired. */
    Optional<Batch> find(String id, long now);

    /**
     * Submitted batches of all, newest first.
     *
     * @param before only those listed after this id, if it is not empty
     * @param limit 1 to 100
     */
    List<Batch> list(Optional<String> before, int limit, long now);

    /** The same of one owner's: as many as the limit where there are so many, whatever others submitted. */
    List<Batch> listOf(String owner, Optional<String> before, int limit, long now);

    /**
     * A stretch of a batch's input: at least one byte from the offset on, and no more than about 300 KB, as it lies
     * stored; empty at its end.
     */
    byte[] input(String id, long offset);

    /**
     * Moves the cursor of a batch on, and a {@link BatchStatus#VALIDATING} one to in progress. False where it stands
     * elsewhere by now, and where there is no batch.
     */
    boolean advance(String id, Cursor from, Cursor to, long now);

    /** Marks a batch as being cancelled, if it is not over, and returns it as it is then. Empty where there is none. */
    Optional<Batch> cancel(String id, long now);

    /**
     * Claims a line. Claiming what one holds already prolongs the claim. A claim that has expired is lost when another
     * claims the line, and not before.
     *
     * @param token of one claimer's own, never used by another
     * @param until when the claim expires
     * @param expires when the batch does
     */
    Claim claim(LineKey line, String token, long now, long until, long expires);

    /** Gives a claim up before it expires, and reports the calls that failed. Nothing happens where it is lost. */
    void release(LineKey line, String token, int failedAttempts);

    /**
     * Writes the outcome of a line that is held.
     *
     * @return false where the claim was lost: then another outcome counts, or will. True also where this one had been
     *     written before under the same token
     */
    boolean finish(LineKey line, String token, LineResult result, long expires);

    /**
     * Adds to the counts of a batch, if it is not over, and returns it as it is then. Empty where there is none. The one
     * change that may be made twice when it is repeated.
     */
    Optional<Batch> count(String id, Counts more, long now);

    /** Counts the outcomes on record, one by one. Costs a read of them all. */
    Counts recount(Batch batch);

    /** Ends a batch that is not over with these counts. False where it is over by now, and where there is none. */
    boolean end(String id, BatchStatus over, Counts exact, long now);

    /**
     * The outcomes on record, in the order of the lines.
     *
     * @param from the first line wanted
     * @param limit most outcomes wanted, 1 to 1,000; fewer come where they would be too large together, see maxBytes
     * @param maxBytes about how many bytes of results are wanted at most; one outcome comes whatever its size
     */
    List<LineResult> results(Batch batch, int from, int limit, long maxBytes);
}
