package ailb.dispatch.choice;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The endpoints that could take a call now or soon.
 *
 * @param options none of which is out; in no particular order
 * @param now when it was drawn up, nanoseconds since the epoch
 */
public record Shortlist(List<EndpointOption> options, long now) {

    /** A slot due within this time is as good as free. */
    public static final long SOON = Duration.ofMillis(250).toNanos();

    public Shortlist {
        options = List.copyOf(options);
    }

    /** Those to choose from by weight, all with room at once. One that has failed only where no other is left. */
    public List<EndpointOption> ready() {
        boolean others = options.stream().anyMatch(option -> !option.tried() && waits(option));
        return options.stream()
                .filter(option -> option.tried() != others && option.room() <= now + Math.min(SOON, option.maxWait()))
                .toList();
    }

    /** The one worth waiting for when none is ready. */
    public Optional<EndpointOption> soonest() {
        return options.stream()
                .filter(this::waits)
                .min(Comparator.comparing(EndpointOption::tried).thenComparingLong(EndpointOption::room));
    }

    private boolean waits(EndpointOption option) {
        return option.room() <= now + option.maxWait();
    }
}
