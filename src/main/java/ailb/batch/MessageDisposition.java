package ailb.batch;

/** What becomes of a message when its line is out of the worker's hands. */
sealed interface MessageDisposition {

    /** It is not needed any more. */
    record Delete() implements MessageDisposition {}

    /** It comes again after this time, nanoseconds. */
    record Return(long nanos) implements MessageDisposition {}
}
