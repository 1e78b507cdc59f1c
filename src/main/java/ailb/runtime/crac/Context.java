package ailb.runtime.crac;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The registered hooks. References are weak, so whoever registers a resource must keep it. */
public final class Context {

    private interface Hook {
        void run(Resource resource) throws Exception;
    }

    private final List<WeakReference<Resource>> registered = new ArrayList<>();

    Context() {}

    public synchronized void register(Resource resource) {
        registered.removeIf(known -> known.get() == null);
        registered.add(new WeakReference<>(resource));
    }

    /**
     * Runs the hooks before a snapshot, in the reverse order of their registration.
     *
     * @throws CheckpointException after all hooks have run, if some failed; their failures are suppressed exceptions
     */
    public void beforeCheckpoint() throws CheckpointException {
        List<Exception> failures = failuresOf(present().reversed(), resource -> resource.beforeCheckpoint(this));
        if (!failures.isEmpty()) {
            throw new CheckpointException(failures);
        }
    }

    /**
     * Runs the hooks after a snapshot, in the order of their registration.
     *
     * @throws RestoreException after all hooks have run, if some failed; their failures are suppressed exceptions
     */
    public void afterRestore() throws RestoreException {
        List<Exception> failures = failuresOf(present(), resource -> resource.afterRestore(this));
        if (!failures.isEmpty()) {
            throw new RestoreException(failures);
        }
    }

    /** A copy: a hook may register another. */
    private synchronized List<Resource> present() {
        return registered.stream().map(WeakReference::get).filter(Objects::nonNull).toList();
    }

    private static List<Exception> failuresOf(List<Resource> resources, Hook hook) {
        List<Exception> failures = new ArrayList<>();
        for (Resource resource : resources) {
            try {
                hook.run(resource);
            } catch (Exception e) {
                failures.add(e);
            }
        }
        return failures;
    }
}
