package ailb.sim;

import ailb.state.Assignment;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What holds for every write to an item, whatever it is for. */
final class ItemRules {

    private static final int WRITE_UNIT = 1024;

    private static final List<Attribute> TOTALS = List.of(
            Attribute.TOTAL_REQUESTS,
            Attribute.TOTAL_FAILURES,
            Attribute.TOTAL_RATE_LIMITED,
            Attribute.TOTAL_INPUT_TOKENS,
            Attribute.TOTAL_OUTPUT_TOKENS);

    /** Of requests: these are never given back. */
    private static final List<Attribute> NEVER_BACK =
            List.of(Attribute.REQUESTS, Attribute.ROLLING_DAY, Attribute.RETRIES, Attribute.HOLD);

    /** A put moves these forward; only what is given back for tokens not used is an add that moves them back. */
    private static final Set<Attribute> TOKENS =
            Set.of(Attribute.TOKENS, Attribute.INPUT_TOKENS, Attribute.OUTPUT_TOKENS);

    private final Offences offences;
    private final Set<String> endpoints;

    ItemRules(Offences offences, Course course) {
        this.offences = offences;
        this.endpoints = course.pool().endpoints().stream().map(each -> each.name()).collect(Collectors.toSet());
    }

    void check(SharedItems.Write write) {
        EndpointState before = write.before();
        EndpointState after = write.after();
        offences.check(endpoints.contains(write.endpoint()), Invariant.NO_STRAY_ITEM, write::endpoint);
        offences.check(
                size(write.endpoint(), after) <= WRITE_UNIT,
                Invariant.ITEM_WITHIN_A_WRITE_UNIT,
                () -> size(write.endpoint(), after) + " bytes");
        for (Attribute total : TOTALS) {
            offences.check(
                    after.get(total) >= before.get(total), Invariant.TOTALS_GROW, () -> told(total, write));
        }
        for (Attribute point : NEVER_BACK) {
            offences.check(
                    after.get(point) >= before.get(point),
                    Invariant.LIMITS_ARE_NOT_FORGOTTEN,
                    () -> told(point, write));
        }
        for (Assignment assignment : write.update().assignments()) {
            if (assignment instanceof Assignment.Put(Attribute attribute, long value) && TOKENS.contains(attribute)) {
                offences.check(
                        value >= before.get(attribute),
                        Invariant.LIMITS_ARE_NOT_FORGOTTEN,
                        () -> told(attribute, write));
            }
        }
        dated(Attribute.SPEND_DAY, List.of(Attribute.SPEND), write);
        dated(Attribute.DAY, List.of(Attribute.DAY_REQUESTS), write);
        for (WindowSlot slot : Attribute.WINDOW) {
            dated(slot.epoch(), slot.counters(), write);
        }
    }

    /** Counts that start anew with every date: each is what it was and what is counted, or on a new date that alone. */
    private void dated(Attribute date, List<Attribute> counts, SharedItems.Write write) {
        EndpointState before = write.before();
        EndpointState after = write.after();
        boolean anew = after.get(date) > before.get(date);
        offences.check(
                after.get(date) >= before.get(date), Invariant.COUNTS_ADD_UP, () -> told(date, write));
        for (Attribute count : counts) {
            long counted = counted(write.update(), count);
            long expected = anew ? counted : before.get(count) + counted;
            offences.check(after.get(count) == expected, Invariant.COUNTS_ADD_UP, () -> told(count, write));
        }
    }

    private static long counted(ConditionalUpdate update, Attribute count) {
        return UpdateKind.assigned(update, count).orElse(0);
    }

    private static String told(Attribute attribute, SharedItems.Write write) {
        return write.endpoint() + "." + attribute + " was " + write.before().get(attribute) + " and is "
                + write.after().get(attribute) + " after " + UpdateKind.of(write.update());
    }

    /** As DynamoDB counts: names and text by their bytes, a number by two digits a byte and one more. */
    static int size(String endpoint, EndpointState state) {
        int size = "pk".length() + "EP#".length() + endpoint.length() + "sk".length() + "state".length();
        for (var entry : state.values().entrySet()) {
            size += entry.getKey().name().length() + number(entry.getValue());
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
