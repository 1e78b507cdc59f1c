package ailb.dispatch;

import ailb.health.Breaker;
import ailb.pool.FailureClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Reports of calls of which the answers wait a moment, to be made together. Failures and probes are reported at once:
 * others must know.
 */
final class DeferredReports implements Attempts.Reports {

    private static final long LONGEST_WAIT = Duration.ofSeconds(2).toNanos();

    private final TimeSource time;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    DeferredReports(TimeSource time) {
        this.time = time;
    }

    private record Waiting(Dispatcher.Parts parts, Settlement settlement, long since) {}

    @Override
    public void report(
            Dispatcher.Parts parts, Settlement settlement, Optional<FailureClass> failure, ApiKeys.ApiKey key) {
        if (failure.isEmpty() && settlement.permit().access() == Breaker.Access.CLOSED) {
            waiting.add(new Waiting(parts, settlement, time.monotonic()));
        } else {
            Attempts.AT_ONCE.report(parts, settlement, failure, key);
        }
    }

    /** Nanoseconds until answers are due to be reported; very long where none wait. */
    long untilDue() {
        Waiting first = waiting.peek();
        return first == null ? Long.MAX_VALUE : Math.max(0, first.since() + LONGEST_WAIT - time.monotonic());
    }

    /** Reports all answers there are: one write for those of an endpoint that were admitted under one generation. */
    void flush() {
        List<Waiting> all = new ArrayList<>();
        for (Waiting one = waiting.poll(); one != null; one = waiting.poll()) {
            all.add(one);
        }
        // one by one
        all.forEach(one -> one.parts().settler().settle(one.settlement()));
    }
}
