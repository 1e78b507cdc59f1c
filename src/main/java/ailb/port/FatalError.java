package ailb.port;

/**
 * The rule of what ends more than one request or one line. Memory that is used up does, and whatever else breaks the
 * machine itself: nobody can tell what still works then. All else, a stack that overflows too, is a fault of the one piece
 * of work that met it.
 */
public final class FatalError {

    private FatalError() {}

    /** Throws on what is fatal; whoever calls this deals with all else. */
    public static void rethrow(Throwable thrown) {
        if (thrown instanceof VirtualMachineError fatal && !(thrown instanceof StackOverflowError)) {
            throw fatal;
        }
    }
}
