package ailb.batch;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A line that was claimed before, as a value: what becomes of it, one change after the other.
 *
 * @param token of its holder, or of the one who finished it; null where it was given up
 * @param silent the holders whose lease ended before they said anything
 * @param result null while it is not done
 */
record Line(
        @Nullable String token,
        Set<String> silent,
        long until,
        int attempts,
        @Nullable LineResult result,
        long expires) {

    Line {
        silent = Set.copyOf(silent);
    }

    /** @param is null where it was never claimed */
    static Line claimed(@Nullable Line is, String by, long now, long until, long expires) {
        if (is == null || is.expires <= now) {
            return new Line(by, Set.of(), until, 0, null, expires);
        }
        boolean free = is.token == null || is.isOf(by) || is.until <= now;
        if (is.isDone() || !free) {
            return is;
        }
        Set<String> others = new HashSet<>(is.silent);
        if (is.token != null) {
            others.add(is.token);
        }
        others.remove(by);
        return new Line(by, others, until, is.attempts, null, expires);
    }

    /** What a claim that left the line like this came to. */
    Claim claim(String by) {
        if (isDone()) {
            return new Claim.Done();
        }
        return isOf(by) ? new Claim.Held(attempts, silent.size()) : new Claim.HeldByOther(until);
    }

    Line released(String by, int failedAttempts) {
        return isOf(by) && !isDone() ? new Line(null, silent, 0, attempts + failedAttempts, null, expires) : this;
    }

    Line finished(String by, LineResult outcome, long expiry) {
        return isOf(by) && !isDone() ? new Line(token, silent, until, attempts, outcome, expiry) : this;
    }

    boolean isOf(String other) {
        return other.equals(token);
    }

    private boolean isDone() {
        return result != null;
    }
}
