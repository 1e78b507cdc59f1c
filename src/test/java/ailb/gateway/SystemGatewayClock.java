package ailb.gateway;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;

/** The machine's own time. */
final class SystemGatewayClock implements GatewayClock {

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return InstantSource.system().instant();
    }

    @Override
    public Alarm alarm(long nanoTime, Runnable task) {
        Thread waiting = Thread.ofVirtual().start(() -> {
            while (nanoTime - System.nanoTime() > 0) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                LockSupport.parkNanos(nanoTime - System.nanoTime());
            }
            task.run();
        });
        return waiting::interrupt;
    }
}
