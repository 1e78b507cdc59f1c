package ailb.state;

/**
 * A count that restarts with every date, stored as the count and the number of its date. If this clock is behind the
 * one that counted last, the newest counted date is used.
 */
public record DatedCounter(Attribute date, Attribute count) {

    /** Requests of a calendar day. */
    public static final DatedCounter DAY_REQUESTS = new DatedCounter(Attribute.DAY, Attribute.DAY_REQUESTS);

    /** Nano-dollars of a UTC day. */
    public static final DatedCounter SPEND = new DatedCounter(Attribute.SPEND_DAY, Attribute.SPEND);

    /** The later of {@code today} and the newest counted date. */
    public long current(EndpointState state, long today) {
        return Math.max(today, state.get(date));
    }

    public long value(EndpointState state, long today) {
        return state.get(date) == current(state, today) ? state.get(count) : 0;
    }

    /** Adds the count to a write: to the current date's count, or replacing that of an older date. */
    public void add(ConditionalUpdate.Builder update, EndpointState state, long today, long delta) {
        long current = current(state, today);
        if (state.has(date) && state.get(date) == current) {
            update.guard(Guard.equal(date, current));
            update.add(count, delta);
        } else {
            update.guard(Guard.atMost(state, date, current - 1));
            update.put(date, current);
            update.put(count, delta);
        }
    }
}
