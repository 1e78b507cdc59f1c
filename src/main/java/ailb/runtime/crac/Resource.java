package ailb.runtime.crac;

/**
 * Has a hook before a snapshot and a hook after it. org.crac wraps each of its own resources in a proxy of this type.
 */
public interface Resource {

    void beforeCheckpoint(Context context) throws Exception;

    void afterRestore(Context context) throws Exception;
}
