package ailb.port;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of whole replies that several calls may hold at once, so that together they do not exhaust the heap. A call
 * for which none are left waits until others give theirs back. One call at a time may go beyond the budget: without that,
 * calls that each hold a part of their reply would wait for each other. Safe for any number of threads.
 */
public final class ReplyBudget {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final long total;
    private long taken;
    private @Nullable Share beyond;

    /** @param total bytes, above 0; beside them there is the reply that may go beyond */
    public ReplyBudget(long total) {
        this.total = total;
    }

    /** Of calls that need not share: it is never used up. */
    public static ReplyBudget unlimited() {
        return new ReplyBudget(Long.MAX_VALUE);
    }

    /** A share that has taken nothing yet. */
    public Share share() {
        return new Share();
    }

    /** What one call has taken. */
    public final class Share {

        private long held;

        private Share() {}

        /**
         * Takes bytes, and waits for them where none are left.
         *
         * @param longest wait
         * @return false where they were not to be had in this time
         * @throws InterruptedException when the calling thread is interrupted
         */
        public boolean take(int bytes, Duration longest) throws InterruptedException {
            lock.lock();
            try {
                long left = longest.toNanos();
                while (!isFree(bytes)) {
                    if (left <= 0) {
                        return false;
                    }
                    left = changed.awaitNanos(left);
                }
                taken += bytes;
                held += bytes;
                return true;
            } finally {
                lock.unlock();
            }
        }

        /** Whether they are left, or this share is, or becomes, the one that may go beyond. */
        private boolean isFree(int bytes) {
            if (bytes <= total - taken) {
                return true;
            }
            if (beyond == null) {
                beyond = this;
            }
            return beyond == this;
        }

        /** Gives everything back; the share can be used again. */
        public void giveBack() {
            lock.lock();
            try {
                taken -= held;
                held = 0;
                if (beyond == this) {
                    beyond = null;
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
