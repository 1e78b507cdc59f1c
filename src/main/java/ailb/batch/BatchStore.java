package ailb.batch;

import java.util.List;
import java.util.Optional;

/**
 * PORT: the store of batches and of their lines' outcomes. Every change is one conditional write, so any number of
 * workers may make changes at once, or twice. Repeating a change under the same token after an exception does no harm
 * (ADR 10 names the exception). Safe for use by many threads.
 *
 * <p>All points in time are nanoseconds since the epoch. Everything of a batch is deleted when it expires. Every method
 * throws {@link BatchStoreException} when the store does not answer; a write may have been made then or not.
 */
public interface BatchStore {

    /**
     * Stores the whole input, and then the batch, which nobody sees before. Repeating it changes nothing. An id is
     * never used for another batch.
     */
    void create(Batch batch, byte[] input);

    /**
     * Stores a batch for one direct message, unless its id is there already, and returns the batch of that id. Such a
     * batch is not listed, has no input, and is in progress at once.
     */
    Batch ensureDirect(String id, long now, long expires);

    /** The batch; empty if there is none, or it has expired. */
    Optional<Batch> find(String id, long now);

    /**
     * The submitted batches of all owners, newest first.
     *
     * @param before only those listed after this id, if it is not empty
     * @param limit 1 to 100
     */
    List<Batch> list(Optional<String> before, int limit, long now);

    /** The same for one owner. As many as the limit if there are, whatever other owners submitted. */
    List<Batch> listOf(String owner, Optional<String> before, int limit, long now);

    /** Bytes of a batch's input from the offset on: at least one, and about 300 KB at most; empty at its end. */
    byte[] input(String id, long offset);

    /**
     * Advances the cursor of a batch, and sets a {@link BatchStatus#VALIDATING} batch to in progress. False if the
     * cursor is elsewhere by now, or there is no batch.
     */
    boolean advance(String id, Cursor from, Cursor to, long now);

    /** Marks a batch as being cancelled, unless it is over, and returns it; empty if there is none. */
    Optional<Batch> cancel(String id, long now);

    /**
     * Claims a line. A claimer that holds the line already prolongs its claim. An expired claim is lost only when
     * another claimer claims the line.
     *
     * @param token of this claimer alone
     * @param until when the claim expires
     * @param expires when the batch does
     */
    Claim claim(LineKey line, String token, long now, long until, long expires);

    /** Gives a claim up before it expires, and adds the calls that failed. Changes nothing if the claim is lost. */
    void release(LineKey line, String token, int failedAttempts);

    /**
     * Writes the outcome of a line that the token holds.
     *
     * @return false if the claim was lost: another outcome counts, or will. True also if this outcome was written
     *     before under the same token
     */
    boolean finish(LineKey line, String token, LineResult result, long expires);

    /**
     * Adds to the counts of a batch, unless it is over, and returns the batch; empty if there is none. This is the one
     * change that counts twice when it is repeated.
     */
    Optional<Batch> count(String id, Counts more, long now);

    /** Counts the stored outcomes. Reads them all. */
    Counts recount(Batch batch);

    /** Ends a batch with these counts. False if it is over already, or there is none. */
    boolean end(String id, BatchStatus over, Counts exact, long now);

    /**
     * The stored outcomes, in the order of the lines.
     *
     * @param from the first line wanted
     * @param limit most outcomes wanted, 1 to 1,000; fewer come if they are too large together, see maxBytes
     * @param maxBytes about the most bytes of results wanted; one outcome always comes, whatever its size
     */
    List<LineResult> results(Batch batch, int from, int limit, long maxBytes);
}
