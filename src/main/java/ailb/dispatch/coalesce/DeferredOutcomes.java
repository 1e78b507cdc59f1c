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
 * Reports of calls of which the answers wait a moment, to be made together or with another write. Failures and probes are
 * reported at once, and what waits before them with them: others must know, and in order.
 */
public final class DeferredOutcomes implements OutcomeSink {

    /** As many are due however young: no write comes that could take them along. */
    private static final int MOST_WAITING = 20;

    private final OutcomeRecorder recorder;
    private final TimeSource time;
    private final Predicate<Endpoint> defers;
    private final long longestWait;
    private final Map<String, Queue<Waiting>> waiting = new ConcurrentHashMap<>();

    /**
     * @param defers whether answers of an endpoint may wait
     * @param longestWait after which they are due
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

    /** Nanoseconds until answers are due to be reported; very long where none wait. */
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
     * Reports all answers of the endpoints where one is due; an item that takes no more writes gets them later.
     *
     * @param deadline of the request that does this by the way: when it has passed the next one may
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

    /** Reports all answers there are. */
    public void flush() {
        waiting.values().forEach(queue -> flush(queue, Deadline.NONE, false));
    }

    /** One write for those of an endpoint that were admitted under one generation. */
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

    /** What the window has forgotten by now is not counted in it as new. */
    private boolean isOld(Waiting one) {
        return time.age(one.since()) > Window.LENGTH.toNanos();
    }

    private OutcomeUpdate together(List<Waiting> some) {
        return new OutcomeUpdate(some.stream().map(Waiting::outcome).toList(), isOld(some.getFirst()));
    }

    /** What answers have in common that one write can report. */
    private record Kind(long generation, boolean old) {}

    /** The answers that one write to the endpoint can report along with what it is made for. They wait no more. */
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

    /** Answers on their way with a write. Those that it did not make wait on. */
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
