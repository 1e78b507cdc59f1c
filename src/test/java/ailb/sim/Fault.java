package ailb.sim;

/** What goes wrong in a run, each counted when it does. */
enum Fault {
    /** The store refuses a write: too many to the item. */
    THROTTLED_WRITE,
    /** A write takes up to 480 ms, on its way there or back. */
    SLOW_WRITE,
    /** A write never arrives, and its answer does not either. */
    LOST_WRITE,
    /** A write is made and its answer gets lost. */
    UNANSWERED_WRITE,
    /** A write is made up to 1 s after its writer has stopped waiting for it. */
    LATE_WRITE,
    FAILED_READ,
    /** A read tells what was up to 5 s ago. */
    STALE_READ,
    /** Nobody reaches the store for a while. */
    STORE_OUTAGE,
    SKEW_OF_50_MS,
    SKEW_OF_500_MS,
    /** An instance dies at an await, with all it has in hand. */
    KILLED,
    /** An instance stands still for 15 minutes from an await on. */
    FROZEN,
    /** An instance stands still for up to 30 s while a write is on its way, and most likely one of health. */
    PAUSED,
    /** A message comes again while it is worked on. */
    DUPLICATE_MESSAGE,
    /** Messages are handed out in another order than they were sent in. */
    REORDERED_MESSAGES,
    /** A call to the batches' store or queue gets lost, on its way there or back. */
    LOST_BATCH_CALL,
    /** A provider refuses calls for its limits though they are kept, and says for how long. */
    REFUSED_WITH_HEADERS,
    REFUSED_BARE,
    /** A provider answers every call with an error of the 500s for a while. */
    SERVER_ERRORS,
    SLOW_PROVIDER,
    /** A provider does not answer for a while. */
    BLACK_HOLE,
    /** A provider fails half of its calls for a while. */
    BROWN_OUT,
    /** A provider breaks off in the middle of a stream. */
    BROKEN_STREAM,
    /** Somebody stores a wrong key, and puts it right later. */
    WRONG_KEY,
    /** A key is replaced, and the old one refused from then on. */
    KEY_ROTATED
}
