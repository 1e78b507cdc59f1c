package ailb.port;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of whole replies that several calls may hold at once, so that together they do not exhaust the heap. When
 * none are left, a call waits until others give theirs back. One call at a time may go beyond the budget. Otherwise
 * calls that each hold a part of their reply could wait for each other for ever. Safe for use by many threads.
 */
public final class ReplyBudget {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final long total;
    private long taken;
    private @Nullable Share beyond;

    /** @param total bytes, above 0; the one reply that may go beyond comes on top */
    public ReplyBudget(long total) {
        this.total = total;
    }

    /** A budget that is never used up, for calls that need not share. */
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
         * Takes bytes, and waits for them if too few are left.
         *
         * @param longest wait
         * @return false if there were too few in this time
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

        /** Whether enough are left, or this share is, or now becomes, the one that may go beyond. */
        private boolean isFree(int bytes) {
            if (bytes <= total - taken) {
                return true;
            }
            if (beyond == null) {
                beyond = this;
            }
            return beyond == this;
        }

        /** Gives everything back. The share can be used again. */
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
