package ailb.state;

/** What came of an update. */
public sealed interface UpdateResult {

    /** Made; the item is now {@code state}. */
    record Applied(EndpointState state) implements UpdateResult {}

    /** Not made: a guard did not hold for {@code current}, which is what the item was then. */
    record Rejected(EndpointState current) implements UpdateResult {}

    /** Not made: more writes come to the item than the store can make. */
    record Throttled() implements UpdateResult {}

    /**
     * Made or not, nobody knows: the store did not answer, or did so in a way that tells nothing.
     *
     * @param cause for a log line
     */
    record Unknown(String cause) implements UpdateResult {}
}
