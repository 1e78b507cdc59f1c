package ailb.batch;

import ailb.sim.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The in-memory queue, a way away: a call may get lost before it is made and after. */
final class SlowBatchQueue implements BatchQueue {

    private static final long ONE_WAY = Duration.ofMillis(4).toNanos();

    /** What SQS takes at a time. */
    private static final int AT_ONCE = 10;

    final InMemoryBatchQueue messages;
    final List<Duration> delays = new ArrayList<>();
    boolean down;

    private final Simulation time;

    SlowBatchQueue(Simulation time, InMemoryBatchQueue messages) {
        this.time = time;
        this.messages = messages;
    }

    private void there(Runnable call) {
        pass();
        if (down) {
            throw new BatchQueueException("down", new IllegalStateException("down"));
        }
        call.run();
        pass();
    }

    private void pass() {
        try {
            time.sleep(ONE_WAY);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void send(List<String> bodies, Duration delay) {
        for (int i = 0; i < bodies.size(); i += AT_ONCE) {
            List<String> some = bodies.subList(i, Math.min(bodies.size(), i + AT_ONCE));
            there(() -> {
                messages.send(some, delay);
                some.forEach(_ -> delays.add(delay));
            });
        }
    }

    @Override
    public void hide(QueueMessage message, Duration hidden) {
        there(() -> messages.hide(message, hidden));
    }

    @Override
    public void deadLetter(QueueMessage message, String reason) {
        there(() -> messages.deadLetter(message, reason));
    }
}
