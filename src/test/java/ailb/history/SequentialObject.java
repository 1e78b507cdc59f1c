package ailb.history;

/** What an object does when its operations come one after the other. Pure; states are compared by value. */
@FunctionalInterface
public interface SequentialObject<S, I, O> {

    Done<S, O> perform(S state, I input);

    /** What came of an operation, and the state it left. */
    record Done<S, O>(S state, O output) {}
}
