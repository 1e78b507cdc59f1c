package ailb.history;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Whether a history is linearizable (M. Herlihy and J. Wing, "Linearizability: a correctness condition for concurrent
 * objects", 1990): whether all operations, each done at some moment between its question and its answer, give these
 * answers one after the other.
 *
 * <p>The search is that of J. Wing and C. Gong, "Testing and verifying concurrent objects", 1993: of the operations
 * that began before any other open one was answered, do each in turn, and go back where the answers do not fit. As G.
 * Lowe proposes ("Testing for linearizability", 2017), what was done and the state it left are remembered, so that no
 * such pair is searched twice.
 */
public final class Linearizability<S, I, O> {

    private final SequentialObject<S, I, O> object;
    private final List<Operation<I, O>> history;
    private final Set<Reached<S>> searched = new HashSet<>();
    private BitSet most = new BitSet();

    private Linearizability(SequentialObject<S, I, O> object, List<Operation<I, O>> history) {
        this.object = object;
        this.history = history.stream().sorted(Comparator.comparingLong(Operation::asked)).toList();
    }

    /** A state, and the operations that led to it. */
    private record Reached<S>(BitSet done, S state) {}

    /**
     * The answered operations that no order of the history explains: none where it is linearizable. Otherwise those
     * that the search's longest order leaves over, the first of which is near to what went wrong.
     *
     * @param initial the object's state before
     */
    public static <S, I, O> List<Operation<I, O>> unexplained(
            S initial, SequentialObject<S, I, O> object, List<Operation<I, O>> history) {
        Linearizability<S, I, O> check = new Linearizability<>(object, history);
        return check.search(new BitSet(), initial) ? List.of() : check.answeredBut(check.most);
    }

    private List<Operation<I, O>> answeredBut(BitSet done) {
        return IntStream.range(0, history.size())
                .filter(index -> !done.get(index))
                .mapToObj(history::get)
                .filter(operation -> operation.output().isPresent())
                .toList();
    }

    private boolean search(BitSet done, S state) {
        if (answeredBut(done).isEmpty()) {
            return true;
        }
        if (!searched.add(new Reached<>(done, state))) {
            return false;
        }
        if (done.cardinality() > most.cardinality()) {
            most = done;
        }
        for (int index : next(done)) {
            Operation<I, O> operation = history.get(index);
            SequentialObject.Done<S, O> one = object.perform(state, operation.input());
            if (operation.output().isEmpty() || operation.output().get().equals(one.output())) {
                BitSet more = (BitSet) done.clone();
                more.set(index);
                if (search(more, one.state())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The operations that may be done next: those that were asked for before any open one was answered. */
    private List<Integer> next(BitSet done) {
        List<Integer> next = new ArrayList<>();
        long answered = Operation.NEVER;
        for (int index = done.nextClearBit(0); index < history.size(); index = done.nextClearBit(index + 1)) {
            if (history.get(index).asked() > answered) {
                break;
            }
            answered = Math.min(answered, history.get(index).answered());
            next.add(index);
        }
        // Those without an answer fit anywhere: they are tried last.
        next.sort(Comparator.comparing(index -> history.get(index).output().isEmpty()));
        return next;
    }
}
