package ailb.admission;

import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.DatedCounter;
import ailb.state.EndpointState;
import ailb.state.Guard;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/** The requests of one calendar day in the provider's time zone. */
record DayCounter(long limit, ZoneId zone) {

    /** The counter for a share of the limit; at least one request. */
    static DayCounter of(long limit, double share, ZoneId zone) {
        return new DayCounter(Math.max(1, (long) (limit * share)), zone);
    }

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** The moment from which there is room: now, or the next midnight, when the count starts anew. */
    long room(EndpointState state, long now) {
        if (left(state, now) > 0) {
            return now;
        }
        return start(DatedCounter.DAY_REQUESTS.current(state, today(now)) + 1);
    }

    /** When the day ends. */
    long end(long now) {
        return start(today(now) + 1);
    }

    private long start(long day) {
        return LocalDate.ofEpochDay(day).atStartOfDay(zone).toEpochSecond() * NANOS_PER_SECOND;
    }

    /** Requests still free today. */
    long left(EndpointState state, long now) {
        return limit - used(state, now);
    }

    /** @param requests at most as many as are left */
    void take(ConditionalUpdate.Builder update, EndpointState state, long now, int requests) {
        if (state.has(Attribute.DAY_REQUESTS)
                && state.get(Attribute.DAY) == DatedCounter.DAY_REQUESTS.current(state, today(now))) {
            update.guard(new Guard.Between(Attribute.DAY_REQUESTS, 0, limit - requests));
        }
        DatedCounter.DAY_REQUESTS.add(update, state, today(now), requests);
    }

    /** Requests counted today. */
    long used(EndpointState state, long now) {
        return DatedCounter.DAY_REQUESTS.value(state, today(now));
    }

    private long today(long now) {
        return Instant.ofEpochSecond(Math.floorDiv(now, NANOS_PER_SECOND))
                .atZone(zone)
                .toLocalDate()
                .toEpochDay();
    }
}
