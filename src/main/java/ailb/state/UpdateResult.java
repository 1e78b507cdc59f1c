package ailb.state;

/** The result of an update. */
public sealed interface UpdateResult {

    /** Made; the item is now {@code state}. */
    record Applied(EndpointState state) implements UpdateResult {}

    /** Not made: a guard did not hold. {@code current} is the item at that moment. */
    record Rejected(EndpointState current) implements UpdateResult {}

    /** Not made: the item gets more writes than the store can handle. */
    record Throttled() implements UpdateResult {}

    /**
     * Unknown whether it was made: the store did not answer, or its answer does not say.
     *
     * @param cause for a log line
     */
    record Unknown(String cause) implements UpdateResult {}
}
