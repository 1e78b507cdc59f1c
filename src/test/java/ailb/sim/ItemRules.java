package ailb.sim;

import ailb.pool.Endpoint;
import ailb.pool.Pool;
import ailb.state.Assignment;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What holds for every write to an item, whatever it is for. */
final class ItemRules {

    private static final int WRITE_UNIT = 1024;

    private static final Set<Attribute> TOTALS = Set.of(
            Attribute.TOTAL_REQUESTS,
            Attribute.TOTAL_FAILURES,
            Attribute.TOTAL_RATE_LIMITED,
            Attribute.TOTAL_INPUT_TOKENS,
            Attribute.TOTAL_OUTPUT_TOKENS);

    /** Of requests: these are never given back. */
    private static final Set<Attribute> NEVER_BACK =
            Set.of(Attribute.REQUESTS, Attribute.ROLLING_DAY, Attribute.RETRIES, Attribute.HOLD);

    /** A put moves these forward; only what is given back for tokens not used, alone or in passing, moves them back. */
    private static final Set<Attribute> TOKENS =
            Set.of(Attribute.TOKENS, Attribute.INPUT_TOKENS, Attribute.OUTPUT_TOKENS);

    /** Counts that start anew with every date, and where that is kept. */
    private static final Map<Attribute, Attribute> DATES = dates();

    private static final Set<Attribute> DATE = Set.copyOf(DATES.values());

    private final Offences offences;
    private final Set<String> endpoints;

    ItemRules(Offences offences, Pool pool) {
        this.offences = offences;
        this.endpoints = pool.endpoints().stream().map(Endpoint::name).collect(Collectors.toSet());
    }

    private static Map<Attribute, Attribute> dates() {
        Map<Attribute, Attribute> dates = new HashMap<>();
        dates.put(Attribute.SPEND, Attribute.SPEND_DAY);
        dates.put(Attribute.DAY_REQUESTS, Attribute.DAY);
        Attribute.WINDOW.forEach(slot -> slot.counters().forEach(counter -> dates.put(counter, slot.epoch())));
        return dates;
    }

    void check(SharedItems.Write write, UpdateKind kind) {
        EndpointState after = write.after();
        offences.check(endpoints.contains(write.endpoint()), Invariant.NO_STRAY_ITEM, write::endpoint);
        int size = size(write.endpoint(), after);
        offences.check(size <= WRITE_UNIT, Invariant.ITEM_WITHIN_A_WRITE_UNIT, () -> size + " bytes");
        // What no assignment names stays as it is, guards or not.
        boolean takesTokens = kind != UpdateKind.ADMISSION_WITH_ANSWERS;
        for (Assignment assignment : write.update().assignments()) {
            check(assignment, write, takesTokens);
        }
    }

    /** @param takesTokens whether a put of tokens takes some */
    private void check(Assignment assignment, SharedItems.Write write, boolean takesTokens) {
        Attribute attribute = assignment.attribute();
        long was = write.before().get(attribute);
        long is = write.after().get(attribute);
        if (TOTALS.contains(attribute)) {
            offences.check(is >= was, Invariant.TOTALS_GROW, () -> told(attribute, write));
        }
        boolean tokensTaken = takesTokens && TOKENS.contains(attribute) && assignment instanceof Assignment.Put;
        if (NEVER_BACK.contains(attribute) || tokensTaken) {
            offences.check(is >= was, Invariant.LIMITS_ARE_NOT_FORGOTTEN, () -> told(attribute, write));
        }
        Attribute date = DATES.get(attribute);
        if (date != null) {
            boolean anew = write.after().get(date) > write.before().get(date);
            long expected = (anew ? 0 : was) + counted(assignment);
            offences.check(is == expected, Invariant.COUNTS_ADD_UP, () -> told(attribute, write));
        }
        if (DATE.contains(attribute)) {
            offences.check(is >= was, Invariant.COUNTS_ADD_UP, () -> told(attribute, write));
        }
    }

    private static long counted(Assignment assignment) {
        return switch (assignment) {
            case Assignment.Put(_, long value) -> value;
            case Assignment.Add(_, long delta) -> delta;
            case Assignment.Remove _ -> 0;
        };
    }

    private static String told(Attribute attribute, SharedItems.Write write) {
        return write.endpoint() + "." + attribute + " was " + write.before().get(attribute) + " and is "
                + write.after().get(attribute) + " after " + UpdateKind.of(write.update());
    }

    /** As DynamoDB counts: names and text by their bytes, a number by two digits a byte and one more. */
    static int size(String endpoint, EndpointState state) {
        int size = "pk".length() + "EP#".length() + endpoint.length() + "sk".length() + "state".length();
        for (Attribute attribute : Attribute.all()) {
            size += state.has(attribute) ? attribute.name().length() + number(state.get(attribute)) : 0;
        }
        return size;
    }

    private static int number(long value) {
        int digits = value == 0 ? 1 : digits(value);
        return Math.ceilDiv(digits, 2) + 1 + (value < 0 ? 1 : 0);
    }

    /** Zeros at the end do not count. */
    private static int digits(long value) {
        long left = value;
        while (left % 10 == 0) {
            left /= 10;
        }
        int digits = 0;
        for (; left != 0; left /= 10) {
            digits++;
        }
        return digits;
    }
}
