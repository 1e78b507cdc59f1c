package ailb.sim;

import ailb.pool.Endpoint;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Leave to make one call, as a write of a store's item shows it. Points in time are of the writer's clock. */
final class Permit {

    final Endpoint endpoint;
    final Instance holder;
    final Simulation.Life life;

    /** Whose it is; null for a line of a batch. */
    final @Nullable Request request;

    /** From when on the call may be made. */
    final long from;

    /** By when it must have been, where it may be held until a call comes. */
    final OptionalLong until;

    /** Whether it was taken for whichever call comes. */
    final boolean forAnyone;

    /** When the limits see the call: at its slot, or as it is made or lost where it was held. */
    long moment;

    final double input;
    final double output;
    final long generation;

    /** How long the holder had stood still when it asked. */
    final long frozenBefore;

    /** Whether the holder was told. */
    boolean granted;

    boolean used;
    boolean dropped;
    boolean retry;

    /** Whether the call may have been made with another one. */
    boolean mixedUp;

    /** Tokens the call has used; those admitted while the provider has not said a word. */
    private double usedInput;

    private double usedOutput;
    private boolean brokeOff;

    Permit(
            Endpoint endpoint,
            Instance holder,
            @Nullable Request request,
            long from,
            OptionalLong until,
            boolean forAnyone,
            double input,
            double output,
            long generation,
            long frozenBefore) {
        this.endpoint = endpoint;
        this.holder = holder;
        this.life = holder.life;
        this.request = request;
        this.from = from;
        this.until = until;
        this.forAnyone = forAnyone;
        this.moment = until.orElse(from);
        this.input = input;
        this.output = output;
        this.usedInput = input;
        this.usedOutput = output;
        this.generation = generation;
        this.frozenBefore = frozenBefore;
    }

    boolean isOpen() {
        return granted && !used && !dropped;
    }

    /** Notes what the provider has told of tokens, none where it refused. */
    void counted(double inputTokens, double outputTokens) {
        usedInput = inputTokens;
        usedOutput = outputTokens;
    }

    /** Notes that the answer has broken off: nobody knows how much of it there was. */
    void brokeOff() {
        brokeOff = true;
    }

    /** Whether it may have been the leave of a call that used so many tokens. */
    boolean mayHaveUsed(long inputTokens, long outputTokens) {
        return mixedUp || (usedInput == inputTokens && (brokeOff || usedOutput == outputTokens));
    }

    /** Whether it was given for a call alone, so that its tokens are those of that call. */
    boolean isOfOneCall() {
        return !mixedUp && request != null && until.isEmpty();
    }

    boolean wasFrozen() {
        return life.frozenFor() > frozenBefore;
    }

    @Override
    public String toString() {
        return endpoint.name() + " from " + from + until.stream().mapToObj(end -> " to " + end).findFirst().orElse("")
                + " under generation " + generation + " to " + holder;
    }
}
