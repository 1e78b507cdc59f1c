package ailb.state;

/** What came of an update. */
public sealed interface UpdateResult {

    /** Made; the item is now {@code state}. */
    record Applied(EndpointState state) implements UpdateResult {}

    /** Not made: a guard did not hold for {@code current}, which is what the item was then. */
    record Rejected(EndpointState current) implements UpdateResult {}

    /**
     * Made or not, nobody knows: the store did not answer, or refused for reasons of its own.
     *
     * @param cause for a log line
     */
    record Unknown(String cause) implements UpdateResult {}
}
