package ailb.batch;

/** What came of claiming a line. */
public sealed interface Claim {

    /**
     * It is the claimer's to work on until the claim expires.
     *
     * @param attempts calls made for it by earlier holders that failed, as far as they came to report it
     * @param expiredClaims earlier claims that expired before their holders said anything: they died, or froze
     */
    record Held(int attempts, int expiredClaims) implements Claim {}

    /** Another one holds it until this moment, nanoseconds since the epoch. */
    record HeldByOther(long until) implements Claim {}

    /** It has its outcome. */
    record Done() implements Claim {}
}
