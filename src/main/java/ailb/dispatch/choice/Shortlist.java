package ailb.dispatch.choice;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The endpoints that could take a call now or soon.
 *
 * @param options in no particular order
 * @param now when it was drawn up, nanoseconds since the epoch
 */
public record Shortlist(List<EndpointOption> options, long now) {

    /** A slot that is due within this time counts as free. */
    public static final long SOON = Duration.ofMillis(250).toNanos();

    public Shortlist {
        options = List.copyOf(options);
    }

    /**
     * The endpoints to choose from by weight, all with room now. One that has failed the request is among them only if
     * no other is left.
     */
    public List<EndpointOption> ready() {
        boolean others = options.stream().anyMatch(option -> !option.tried() && waits(option));
        return options.stream()
                .filter(option -> option.tried() != others && option.room() <= now + Math.min(SOON, option.maxWait()))
                .toList();
    }

    /** The endpoint to wait for when none is ready. */
    public Optional<EndpointOption> soonest() {
        return options.stream()
                .filter(this::waits)
                .min(Comparator.comparing(EndpointOption::tried).thenComparingLong(EndpointOption::room));
    }

    private boolean waits(EndpointOption option) {
        return option.room() <= now + option.maxWait();
    }
}
