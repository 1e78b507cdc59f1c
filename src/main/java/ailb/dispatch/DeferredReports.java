package ailb.dispatch;

import ailb.health.Breaker;
import ailb.pool.FailureClass;
import ailb.state.Attribute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Reports of calls of which the answers wait a moment, to be made together. Failures and probes are reported at once:
 * others must know.
 */
final class DeferredReports implements Attempts.Reports {

    private static final long LONGEST_WAIT = Duration.ofSeconds(2).toNanos();

    private final Settler settler;
    private final TimeSource time;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    DeferredReports(Settler settler, TimeSource time) {
        this.settler = settler;
        this.time = time;
    }

    private record Waiting(Settlement settlement, long since) {}

    @Override
    public void report(
            Dispatcher.Parts parts, Settlement settlement, Optional<FailureClass> failure, ApiKeys.ApiKey key) {
        if (failure.isEmpty() && settlement.permit().access() == Breaker.Access.CLOSED) {
            waiting.add(new Waiting(settlement, time.monotonic()));
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
        Map<Kind, List<Settlement>> together = new LinkedHashMap<>();
        for (Waiting one = waiting.poll(); one != null; one = waiting.poll()) {
            together.computeIfAbsent(Kind.of(one.settlement().permit()), _ -> new ArrayList<>()).add(one.settlement());
        }
        together.values().forEach(settlements -> settler.settle(new Report(settlements)));
    }

    /** What answers have in common that one write can report. */
    private record Kind(String endpoint, long generation) {

        static Kind of(Permit permit) {
            return new Kind(permit.endpoint().name(), permit.admitted().get(Attribute.GENERATION));
        }
    }
}
