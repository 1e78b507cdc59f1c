package ailb.lambda;

import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/** What runs before SnapStart takes a snapshot of an instance, and in each instance that starts from it. */
final class SnapshotHooks implements Resource {

    private final Runnable prime;
    private final Runnable renew;

    private SnapshotHooks(Runnable prime, Runnable renew) {
        this.prime = prime;
        this.renew = renew;
    }

    /** Registers the hooks. The registry holds them weakly, so the caller must keep the result. */
    static SnapshotHooks register(Runnable prime, Runnable renew) {
        SnapshotHooks hooks = new SnapshotHooks(prime, renew);
        Core.getGlobalContext().register(hooks);
        return hooks;
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {
        prime.run();
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) {
        renew.run();
    }
}
