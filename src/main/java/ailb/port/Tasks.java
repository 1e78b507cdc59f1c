package ailb.port;

import java.util.Optional;
import java.util.concurrent.Callable;

/** PORT: tasks on other threads. */
public interface Tasks {

    /** A new group without tasks. */
    <T> Group<T> group();

    /** Tasks that one thread starts, and whose results it waits for together. */
    interface Group<T> {

        /** Starts a task on a thread of its own. The task must not throw, except when it is interrupted. */
        void start(Callable<T> task);

        /**
         * The result of a task that has ended, each task's once; empty if none ends in this time.
         *
         * @param nanos longest wait; not waited at all when not above 0
         * @throws InterruptedException when the calling thread is interrupted
         */
        Optional<T> next(long nanos) throws InterruptedException;

        /** Tasks whose results have not been returned yet. */
        int pending();
    }
}
