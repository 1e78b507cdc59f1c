package ailb.sim;

import ailb.port.Tasks;
import ailb.port.TimeSource;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Clocks that are stepped from one event to the next, for work that overlaps. Each task has a thread of its own, but only
 * one runs at a time, and runs until it sleeps, waits for another or ends: the same seed gives the same course of events.
 */
public final class Simulation implements TimeSource, Tasks {

    private final PriorityQueue<Event> events = new PriorityQueue<>();

    /** Released when nothing is left to happen. */
    private final Semaphore over = new Semaphore(0);

    private long now;
    private long number;
    private long trace = 17;

    /** Of whom the running task is a part. */
    private Life current = Life.endless();

    @Nullable private Throwable failure;

    /** @param now nanoseconds since the epoch */
    public Simulation(long now) {
        this.now = now;
    }

    private record Event(long at, long number, Turn turn) implements Comparable<Event> {

        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    /** Somebody who waits to go on, and goes on once. */
    private static final class Turn {

        private final Life life;
        private final Semaphore woken = new Semaphore(0);
        private final Runnable go;
        private boolean taken;

        Turn(Life life) {
            this.life = life;
            this.go = woken::release;
        }

        Turn(Life life, Runnable go) {
            this.life = life;
            this.go = go;
        }
    }

    /** Tasks that die together, as those of an invocation do: nothing of them happens from then on. */
    public static final class Life {

        private long lastAwait;
        private long freezingAwait = Long.MAX_VALUE;
        private long freezing;
        private final Set<Turn> parked = new LinkedHashSet<>();
        private Runnable atDeath = () -> {};
        private long awaits;
        private long thawsAt = Long.MIN_VALUE;
        private long frozenFor;
        private boolean ended;

        private Life(long lastAwait) {
            this.lastAwait = lastAwait;
        }

        public static Life endless() {
            return new Life(Long.MAX_VALUE);
        }

        /** @param lastAwait at which of the moments it waits, from 1, it ends; sleeps and the work with tasks count */
        public static Life until(long lastAwait) {
            return new Life(lastAwait);
        }

        /**
         * Stands still for a while from one of the moments on at which it waits: what it waits for comes to it when that
         * is over.
         */
        public Life frozenAt(long await, long nanos) {
            freezingAwait = await;
            freezing = nanos;
            return this;
        }

        /** Stands still at the next moment at which it waits, unless it was to do so later on anyway. */
        public void pauses(long nanos) {
            if (freezingAwait == Long.MAX_VALUE) {
                frozenAt(awaits + 1, nanos);
            }
        }

        public boolean isOver() {
            return ended;
        }

        /** Whether it stands still at this moment. */
        public boolean isFrozen(long moment) {
            return moment < thawsAt;
        }

        /** How long it has stood still, nanoseconds; while it does, all of that time. */
        public long frozenFor() {
            return frozenFor;
        }

        /** How often it has waited. */
        public long awaits() {
            return awaits;
        }
    }

    /** Takes a thread off its stack whose life is over: of the kind of errors that nobody goes on after. */
    private static final class LifeOver extends VirtualMachineError {

        private static final long serialVersionUID = 1;

        /** Nobody reads where it came from, and it would take most of a run's time. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    /** What happens from a moment on. */
    public interface Task {
        void run() throws Exception;
    }

    public void at(long moment, Task task) {
        at(moment, Life.endless(), task);
    }

    /** The same as a part of a life; nothing comes of it when that is over by then. */
    public void at(long moment, Life life, Task task) {
        schedule(moment, begin(life, task));
    }

    /** Adds to the trace what happened. */
    public void note(long what) {
        trace = (trace ^ what) * 0x9E3779B97F4A7C15L;
        trace ^= trace >>> 32;
    }

    /** Tells courses of events apart. */
    public long trace() {
        return trace;
    }

    private Turn begin(Life life, Task task) {
        return new Turn(life, () -> Thread.ofVirtual().start(() -> perform(life, task)));
    }

    private void schedule(long moment, Turn turn) {
        events.add(new Event(moment, number++, turn));
    }

    private void perform(Life life, Task task) {
        try {
            if (!life.ended) {
                task.run();
            }
        } catch (LifeOver e) {
            // Nothing more of it.
        } catch (Exception | AssertionError e) {
            failure = e;
        } finally {
            Turn next = next();
            if (next == null) {
                over.release();
            } else {
                next.go.run();
            }
        }
    }

    /** Runs until nothing is left to happen. */
    public void run() {
        Turn first = next();
        if (first != null) {
            first.go.run();
            over.acquireUninterruptibly();
        }
        if (failure != null) {
            throw new AssertionError(failure);
        }
    }

    /** Whose turn it is. */
    @Nullable
    private Turn next() {
        while (failure == null && !events.isEmpty()) {
            Event event = events.remove();
            Turn turn = event.turn();
            if (turn.taken) {
                continue;
            }
            if (turn.life.thawsAt > event.at() && !turn.life.ended) {
                events.add(new Event(turn.life.thawsAt, event.number(), turn));
                continue;
            }
            turn.taken = true;
            now = event.at();
            current = turn.life;
            note(event.at());
            note(event.number());
            return turn;
        }
        return null;
    }

    /** Lets others go on until it is this one's turn. */
    private void park(Turn turn) throws InterruptedException {
        turn.life.parked.add(turn);
        Turn next = next();
        if (next != turn) {
            if (next == null) {
                over.release();
            } else {
                next.go.run();
            }
            turn.woken.acquire();
        }
        turn.life.parked.remove(turn);
        if (turn.life.ended) {
            throw new LifeOver();
        }
    }

    /** The running task comes to a point where it may wait: there its life may end, or stand still. */
    private Life awaiting() {
        Life life = current;
        if (!life.ended && ++life.awaits >= life.lastAwait) {
            end(life);
        }
        if (life.ended) {
            throw new LifeOver();
        }
        if (life.awaits >= life.freezingAwait) {
            life.freezingAwait = Long.MAX_VALUE;
            life.thawsAt = now + life.freezing;
            life.frozenFor += life.freezing;
            thaw(life);
        }
        return life;
    }

    private void thaw(Life life) {
        Turn turn = new Turn(life);
        schedule(life.thawsAt, turn);
        try {
            park(turn);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void end(Life life) {
        life.ended = true;
        life.parked.forEach(turn -> schedule(now, turn));
        life.atDeath.run();
    }

    /** The running task goes on as a part of this life. */
    public void join(Life life) {
        current = life;
    }

    /** Ends the life that the caller is a part of. */
    public void die() {
        current.lastAwait = 0;
        awaiting();
    }

    /** Does work that has a life of its own, and waits for its end; empty where it died. */
    public <T> Optional<T> live(Life life, Callable<T> work) throws InterruptedException {
        Together<T> alone = new Together<>();
        life.atDeath = alone::wake;
        alone.start(life, work);
        return alone.next(Long.MAX_VALUE);
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public long monotonic() {
        return now;
    }

    @Override
    public void sleep(long nanos) throws InterruptedException {
        Life life = awaiting();
        if (nanos > 0) {
            Turn turn = new Turn(life);
            schedule(now + nanos, turn);
            park(turn);
        }
    }

    @Override
    public <T> Group<T> group() {
        return new Together<>();
    }

    private final class Together<T> implements Group<T> {

        private final Queue<T> ended = new ArrayDeque<>();
        private int pending;

        @Nullable private Turn waiting;

        @Override
        public void start(Callable<T> task) {
            start(awaiting(), task);
        }

        private void start(Life life, Callable<T> task) {
            pending++;
            schedule(now, begin(life, () -> {
                ended.add(task.call());
                wake();
            }));
        }

        private void wake() {
            if (waiting != null) {
                schedule(now, waiting);
            }
        }

        @Override
        public Optional<T> next(long nanos) throws InterruptedException {
            Life life = awaiting();
            if (ended.isEmpty() && nanos > 0) {
                Turn turn = new Turn(life);
                if (nanos < Long.MAX_VALUE - now) {
                    schedule(now + nanos, turn);
                }
                waiting = turn;
                park(turn);
                waiting = null;
            }
            Optional<T> first = Optional.ofNullable(ended.poll());
            first.ifPresent(_ -> pending--);
            return first;
        }

        @Override
        public int pending() {
            return pending;
        }
    }
}
