package ailb.sim;

import java.util.ArrayDeque;
import java.util.Deque;

/** A limit as a provider keeps it, by rules of its own. Points in time are nanoseconds since the epoch. */
interface Enforcement {

    long SECOND = 1_000_000_000L;
    long MINUTE = 60 * SECOND;

    /** Takes so many units now, or refuses. */
    boolean takes(long units, long now);

    /** Filled all the time, up to a minute's worth; what is refused takes nothing. */
    final class Bucket implements Enforcement {

        private final double perNano;
        private final double most;
        private double level;
        private long at;

        Bucket(long perMinute) {
            this.perNano = (double) perMinute / MINUTE;
            this.most = perMinute;
            this.level = perMinute;
        }

        @Override
        public boolean takes(long units, long now) {
            level = Math.min(most, level + perNano * Math.max(0, now - at));
            at = Math.max(at, now);
            // What a sum of doubles loses is not the caller's fault.
            if (level < units - 1e-6) {
                return false;
            }
            level -= units;
            return true;
        }
    }

    /** Counted anew from the start of each period on; what is refused counts too. */
    final class FixedWindow implements Enforcement {

        private final long limit;
        private final long period;
        private long window;
        private long used;

        private FixedWindow(long limit, long period) {
            this.limit = limit;
            this.period = period;
        }

        static FixedWindow ofMinutes(long perMinute) {
            return new FixedWindow(perMinute, MINUTE);
        }

        /** By the second: a sixtieth of the limit, or one. */
        static FixedWindow ofSeconds(long perMinute) {
            return new FixedWindow(Math.max(1, Math.ceilDiv(perMinute, 60)), SECOND);
        }

        @Override
        public boolean takes(long units, long now) {
            long current = now / period;
            used = current == window ? used + units : units;
            window = current;
            return used <= limit;
        }
    }

    /** What was taken in the last minute counts, whenever that began. */
    final class SlidingLog implements Enforcement {

        private final long limit;
        private final Deque<long[]> log = new ArrayDeque<>();
        private long used;

        SlidingLog(long perMinute) {
            this.limit = perMinute;
        }

        @Override
        public boolean takes(long units, long now) {
            while (!log.isEmpty() && log.peekFirst()[0] <= now - MINUTE) {
                used -= log.removeFirst()[1];
            }
            if (used + units > limit) {
                return false;
            }
            log.addLast(new long[]{now, units});
            used += units;
            return true;
        }
    }
}
