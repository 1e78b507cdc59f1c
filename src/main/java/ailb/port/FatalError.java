package ailb.port;

/**
 * The rule for errors that end the process: memory that is used up, and whatever else breaks the virtual machine
 * itself. Nobody can tell what still works then. Every other error, a stack overflow too, fails only the request or
 * line that met it.
 */
public final class FatalError {

    private FatalError() {}

    /** Throws a fatal error again. The caller deals with all others. */
    public static void rethrow(Throwable thrown) {
        if (thrown instanceof VirtualMachineError fatal && !(thrown instanceof StackOverflowError)) {
            throw fatal;
        }
    }
}
