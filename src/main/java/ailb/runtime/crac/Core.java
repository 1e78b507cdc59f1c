package ailb.runtime.crac;

/** The registry of this process. */
public final class Core {

    private static final Context GLOBAL = new Context();

    private Core() {}

    public static Context getGlobalContext() {
        return GLOBAL;
    }

    /** Always throws: Lambda decides when a snapshot is taken. */
    @SuppressWarnings("DoNotCallSuggester") // needed by org.crac
    public static void checkpointRestore() {
        throw new UnsupportedOperationException("Lambda decides when a snapshot is taken.");
    }
}
