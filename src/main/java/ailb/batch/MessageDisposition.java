package ailb.batch;

/** What to do with a message when the worker has finished with it. */
sealed interface MessageDisposition {

    /** Delete it: it is not needed any more. */
    record Delete() implements MessageDisposition {}

    /** Return it to the queue, to be handed out again after this time, nanoseconds. */
    record Return(long nanos) implements MessageDisposition {}
}
