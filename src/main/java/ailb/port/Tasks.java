package ailb.port;

import java.util.Optional;
import java.util.concurrent.Callable;

/** PORT: work done beside one's own. */
public interface Tasks {

    /** A group of tasks, none of them started yet. */
    <T> Group<T> group();

    /** Tasks whose ends are waited for together. Belongs to one thread. */
    interface Group<T> {

        /** Starts a task on a thread of its own. It must not throw anything but what an interrupt makes it throw. */
        void start(Callable<T> task);

        /**
         * The result of a task that has ended and has not been told of yet; empty when none ends in this time.
         *
         * @param nanos longest wait; not waited at all when not above 0
         * @throws InterruptedException when the calling thread is interrupted
         */
        Optional<T> next(long nanos) throws InterruptedException;

        /** Tasks started and not told of yet. */
        int pending();
    }
}
