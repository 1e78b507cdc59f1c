package ailb.dispatch.coalesce;

import ailb.dispatch.permit.CallOutcome;
import ailb.dispatch.permit.OutcomeRecorder;
import ailb.dispatch.permit.OutcomeSink;
import ailb.dispatch.permit.OutcomeUpdate;
import ailb.dispatch.permit.Permit;
import ailb.dispatch.permit.PiggybackUpdate;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.port.ApiKeys;
import ailb.port.Deadline;
import ailb.port.TimeSource;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.stats.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/**
 * Lets answers wait a moment, so that one write records several, or records them with an admission (ADR 20). Failures
 * and probes are recorded at once, together with the answers that wait: other instances must know, in the right order.
 */
public final class DeferredOutcomes implements OutcomeSink {

    /** When more answers than this wait, they are due: no other write takes them along. */
    private static final int MOST_WAITING = 20;

    private final OutcomeRecorder recorder;
    private final TimeSource time;
    private final Predicate<Endpoint> defers;
    private final long longestWait;
    private final Map<String, Queue<Waiting>> waiting = new ConcurrentHashMap<>();

    /**
     * @param defers whether answers of an endpoint may wait
     * @param longestWait how long an answer may wait
     */
    public DeferredOutcomes(OutcomeRecorder recorder, TimeSource time, Predicate<Endpoint> defers,
            Duration longestWait) {
        this.recorder = recorder;
        this.time = time;
        this.defers = defers;
        this.longestWait = longestWait.toNanos();
    }

    private record Waiting(CallOutcome outcome, long since) {}

    @Override
    public void record(CallOutcome outcome, Optional<FailureClass> failure, ApiKeys.ApiKey key) {
        Permit permit = outcome.permit();
        boolean canWait = outcome.isAnswer() && permit.access() == Breaker.Access.NORMAL;
        if (canWait && defers.test(permit.endpoint())) {
            queue(permit.endpoint()).add(new Waiting(outcome, time.now()));
            return;
        }
        List<Waiting> before = take(permit.endpoint(), permit.admitted());
        Optional<OutcomeUpdate> earlier = before.isEmpty() ? Optional.empty() : Optional.of(together(before));
        recorder.record(outcome, earlier, failure, key);
    }

    private Queue<Waiting> queue(Endpoint endpoint) {
        return waiting.computeIfAbsent(endpoint.name(), _ -> new ConcurrentLinkedQueue<>());
    }

    /** Nanoseconds until answers are due; very long where none wait. */
    public long untilDue() {
        return waiting.values()
                .stream()
                .map(Queue::peek)
                .flatMap(first -> Optional.ofNullable(first).stream())
                .mapToLong(first -> Math.max(0, longestWait - time.age(first.since())))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /**
     * Records all answers of the endpoints where one is due. They wait on where the item takes no more writes.
     *
     * @param deadline of the request that does this on the side; after it the next request does the rest
     */
    void flushDue(Deadline deadline) {
        waiting.values()
                .stream()
                .filter(queue -> isDue(queue) && deadline.remaining(time) > 0)
                .forEach(queue -> flush(queue, deadline, true));
    }

    private boolean isDue(Queue<Waiting> queue) {
        Waiting first = queue.peek();
        return first != null && (time.age(first.since()) >= longestWait || queue.size() > MOST_WAITING);
    }

    /** Records all answers that wait. */
    public void flush() {
        waiting.values().forEach(queue -> flush(queue, Deadline.NONE, false));
    }

    /** One write for each group of answers that were admitted under one generation. */
    private void flush(Queue<Waiting> queue, Deadline deadline, boolean canWait) {
        Map<Kind, List<Waiting>> together = new LinkedHashMap<>();
        for (Waiting one = queue.poll(); one != null; one = queue.poll()) {
            together.computeIfAbsent(kind(one), _ -> new ArrayList<>()).add(one);
        }
        together.values().forEach(some -> {
            if (recorder.record(together(some), Optional.empty(), deadline,
                    canWait) instanceof OutcomeRecorder.Postponed) {
                queue.addAll(some);
            }
        });
    }

    private Kind kind(Waiting one) {
        return new Kind(one.outcome().permit().admitted().get(Attribute.GENERATION), isOld(one));
    }

    /** An answer that is older than the window must not be counted as new. */
    private boolean isOld(Waiting one) {
        return time.age(one.since()) > Window.LENGTH.toNanos();
    }

    private OutcomeUpdate together(List<Waiting> some) {
        return new OutcomeUpdate(some.stream().map(Waiting::outcome).toList(), isOld(some.getFirst()));
    }

    /** What answers have in common that one write can record. */
    private record Kind(long generation, boolean old) {}

    /** Takes the answers that another write to the endpoint can record too. */
    private List<Waiting> take(Endpoint endpoint, EndpointState known) {
        Queue<Waiting> queue = queue(endpoint);
        List<Waiting> taken = new ArrayList<>();
        List<Waiting> others = new ArrayList<>();
        Kind kind = new Kind(known.get(Attribute.GENERATION), false);
        for (Waiting one = queue.poll(); one != null; one = queue.poll()) {
            (kind(one).equals(kind) ? taken : others).add(one);
        }
        queue.addAll(others);
        return taken;
    }

    /** Answers that another write records too. If it does not, they wait on. */
    final class Piggyback implements PiggybackUpdate, AutoCloseable {

        private final Endpoint endpoint;
        private List<Waiting> taken;

        private Piggyback(Endpoint endpoint, List<Waiting> taken) {
            this.endpoint = endpoint;
            this.taken = taken;
        }

        @Override
        public Optional<ConditionalUpdate> update(EndpointState known, long now) {
            return taken.isEmpty() ? Optional.empty() : Optional.of(recorder.answers(together(taken), known));
        }

        @Override
        public void written() {
            taken = List.of();
        }

        @Override
        public void close() {
            queue(endpoint).addAll(taken);
        }
    }

    /** @param known the endpoint as last seen */
    Piggyback piggyback(Endpoint endpoint, EndpointState known) {
        return new Piggyback(endpoint, take(endpoint, known));
    }
}
