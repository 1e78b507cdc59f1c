package ailb.batch;

/** What came of claiming a line. */
public sealed interface Claim {

    /**
     * It is the claimer's to work on until the lease ends.
     *
     * @param attempts calls made for it by earlier holders that failed, as far as they came to report it
     * @param lapses earlier holders whose lease ran out before they said anything: they died on it, or froze
     */
    record Held(int attempts, int lapses) implements Claim {}

    /** Another one holds it until this moment, nanoseconds since the epoch. */
    record Leased(long until) implements Claim {}

    /** It has its outcome. */
    record Done() implements Claim {}
}
