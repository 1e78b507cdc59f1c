package ailb.sim;

import ailb.port.TimeSource;

/** The clocks of one instance: the wall clock is off by the same all the time, the other one stands while it is frozen. */
final class InstanceTime implements TimeSource {

    private final Simulation time;
    private final Instance instance;
    private final long skew;
    private final LeftOut leftOut;

    /** @param skew by how much its wall clock is ahead, nanoseconds */
    InstanceTime(Simulation time, Instance instance, long skew, LeftOut leftOut) {
        this.time = time;
        this.instance = instance;
        this.skew = skew;
        this.leftOut = leftOut;
    }

    @Override
    public long now() {
        return time.now() + skew;
    }

    @Override
    public long monotonic() {
        return leftOut.isOff(Rule.DEADLINES_ARE_KEPT) ? 0 : time.now() - instance.life.frozenFor();
    }

    @Override
    public void sleep(long nanos) throws InterruptedException {
        boolean ofRequest = Request.CURRENT.get() != null;
        time.sleep(ofRequest && leftOut.isOff(Rule.SLOTS_ARE_WAITED_FOR) ? 0 : nanos);
    }
}
