package ailb.history;

import java.util.Optional;

/**
 * One operation on a shared object, as its client saw it. Ticks are of one clock for all clients.
 *
 * @param asked the tick before it was asked for
 * @param answered the tick after its answer; {@link #NEVER} where none came
 * @param output the answer; empty where none came, so that nobody knows whether it was done
 */
public record Operation<I, O>(long asked, long answered, I input, Optional<O> output) {

    /** Later than every tick: an operation without an answer may be done at any time. */
    public static final long NEVER = Long.MAX_VALUE;
}
