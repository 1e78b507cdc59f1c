package ailb.batch;

/** The result of claiming a line. */
public sealed interface Claim {

    /**
     * The claimer holds the line until the claim expires.
     *
     * @param attempts failed calls of earlier holders, as far as they were recorded
     * @param expiredClaims earlier claims that expired before their holders said anything: they died, or froze
     */
    record Held(int attempts, int expiredClaims) implements Claim {}

    /** Another claimer holds the line until this moment, nanoseconds since the epoch. */
    record HeldByOther(long until) implements Claim {}

    /** The line has its outcome. */
    record Done() implements Claim {}
}
