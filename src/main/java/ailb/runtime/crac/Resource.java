package ailb.runtime.crac;

/** Something with a hook before a snapshot and one after it; org.crac puts a proxy of this before each of its own. */
public interface Resource {

    void beforeCheckpoint(Context context) throws Exception;

    void afterRestore(Context context) throws Exception;
}
