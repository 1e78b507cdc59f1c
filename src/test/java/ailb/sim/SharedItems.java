package ailb.sim;

import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.InMemoryStateStore;
import ailb.state.StateStore;
import ailb.state.UpdateResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The fleet's items: each write that is made is shown to those who watch, and what was is kept for stale reads. */
final class SharedItems {

    private static final long REMEMBERED = Duration.ofSeconds(5).toNanos();

    private final InMemoryStateStore items = new InMemoryStateStore();
    private final StateStore store;
    private final Simulation time;
    private final Watcher watcher;
    private final Map<String, Deque<Was>> past = new HashMap<>();

    /** @param how what is between the writers and the store: nothing, or a rule left out */
    SharedItems(Simulation time, UnaryOperator<StateStore> how, Watcher watcher) {
        this.time = time;
        this.store = how.apply(items);
        this.watcher = watcher;
    }

    private record Was(long until, EndpointState state) {}

    /**
     * Who asks for a write.
     *
     * @param builtAt what the writer's clock said then
     * @param frozenBefore how long it had stood still by then
     */
    record Writer(Instance instance, long builtAt, long frozenBefore) {}

    /** A write that was made at this moment. */
    record Write(long at, Writer writer, String endpoint, ConditionalUpdate update, EndpointState before,
            EndpointState after) {}

    /** Is told of writes in the order they are made. */
    interface Watcher {

        /** What permits the write gives, if any. */
        List<Permit> made(Write write);
    }

    /** @param permits that come with it */
    record Made(UpdateResult result, List<Permit> permits) {}

    Made make(Writer writer, String endpoint, ConditionalUpdate update) {
        EndpointState before = items.state(endpoint);
        UpdateResult result = store.update(endpoint, update);
        EndpointState after = items.state(endpoint);
        time.note(endpoint.hashCode() * 31L + after.hashCode());
        if (before.equals(after)) {
            return new Made(result, List.of());
        }
        Deque<Was> states = past.computeIfAbsent(endpoint, _ -> new ArrayDeque<>());
        states.addLast(new Was(time.now(), before));
        while (states.peekFirst().until() < time.now() - REMEMBERED) {
            states.removeFirst();
        }
        return new Made(result, watcher.made(new Write(time.now(), writer, endpoint, update, before, after)));
    }

    EndpointState state(String endpoint) {
        return items.state(endpoint);
    }

    /** As it was so many nanoseconds ago, at most 5 s. */
    EndpointState stateBefore(String endpoint, long nanos) {
        if (nanos == 0) {
            return items.state(endpoint);
        }
        for (Was was : past.getOrDefault(endpoint, new ArrayDeque<>())) {
            if (was.until() > time.now() - nanos) {
                return was.state();
            }
        }
        return items.state(endpoint);
    }
}
