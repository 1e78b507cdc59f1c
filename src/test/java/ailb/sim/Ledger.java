package ailb.sim;

import ailb.pool.Endpoint;
import ailb.pool.LimitKind;
import ailb.pool.Pool;
import ailb.pool.TokenAccounting;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Every permit the items have given, and what became of it. */
final class Ledger {

    /** The longest wait of a request for a slot, and of a line. */
    private static final long PATIENCE = Duration.ofSeconds(5).toNanos();

    private static final long PATIENCE_OF_BATCHES = Duration.ofMillis(250).toNanos();

    private static final long LONGEST_HELD = Duration.ofSeconds(5).toNanos();

    /** What batches leave of each burst to others. */
    private static final double BATCHES_SHARE = 0.8;

    /** So close to midnight a call may be counted in either day: clocks are off by 500 ms, and slots by the slack. */
    private static final long MIDNIGHT = Duration.ofMillis(1200).toNanos();

    /** Of a limit, for an instance that is alone and knows nothing of the fleet. */
    private static final double UNKNOWN_SHARE = 0.01;

    /** So far from its slot a call made alone may be seen: it may start late, by clocks that are off either way. */
    private static final long ASTRAY = Duration.ofMillis(3500).toNanos();

    /**
     * So far from the write that gives it leave a call's moment may be: it waits, writes come late, clocks are off. A refund
     * between the two may seem to be on the other side of the beginning of a period, or of its end.
     */
    private static final long AROUND_ITS_WRITE = PATIENCE + Duration.ofSeconds(1).toNanos();

    private final Pool pool;
    private final Offences offences;
    private final Map<String, Endpoint> endpoints = new HashMap<>();
    private final Map<String, List<LimitRule>> rules = new HashMap<>();
    private final Map<String, List<Permit>> permits = new HashMap<>();
    private final Map<String, List<Alone>> alone = new HashMap<>();
    private final Refunds refunds;
    private final Map<String, Long> leaveAlone = new HashMap<>();

    Ledger(Pool pool, Offences offences) {
        this.pool = pool;
        this.offences = offences;
        this.refunds = new Refunds(pool.endpoints(), offences);
        for (Endpoint endpoint : pool.endpoints()) {
            endpoints.put(endpoint.name(), endpoint);
            rules.put(endpoint.name(), LimitRule.of(endpoint.limits()));
            permits.put(endpoint.name(), new ArrayList<>());
            alone.put(endpoint.name(), new ArrayList<>());
        }
    }

    /** A call that no item gave leave for. */
    private record Alone(Instance by, long moment, Size size) {}

    /** Notes a call of an instance that has lost the store. */
    void madeAlone(Endpoint endpoint, Instance by, long moment, Size size) {
        alone.get(endpoint.name()).add(new Alone(by, moment, size));
    }

    /** Notes the permits that come with a write which admits calls. */
    List<Permit> admitted(SharedItems.Write write, UpdateKind kind) {
        ConditionalUpdate update = write.update();
        WindowSlot slot = UpdateKind.slot(update).orElseThrow();
        int calls = (int) UpdateKind.assigned(update, slot.admitted()).orElseThrow();
        double input = (double) UpdateKind.assigned(update, slot.admittedInput()).orElse(0) / calls;
        double output = (double) UpdateKind.assigned(update, slot.admittedOutput()).orElse(0) / calls;
        taken(write, kind, calls, input, output);
        boolean isLease = calls > 1 && Request.CURRENT.get() != null;
        long held = isLease ? held(write.endpoint()) : 0;
        Instance holder = write.writer().instance();
        List<Permit> given = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            Permit permit = new Permit(
                    endpoints.get(write.endpoint()),
                    holder,
                    Request.CURRENT.get(),
                    isLease ? ofLease(write, i, input, output) : (long) moment(write, calls - 1 - i, input, output),
                    isLease ? OptionalLong.of(write.writer().builtAt() + held) : OptionalLong.empty(),
                    isLease && i > 0,
                    input,
                    output,
                    write.after().get(Attribute.GENERATION),
                    write.writer().frozenBefore());
            offences.check(
                    permit.from >= leaveAlone.getOrDefault(write.endpoint(), 0L),
                    Invariant.REFUSED_IS_LEFT_ALONE,
                    () -> permit + ", to be left alone until " + leaveAlone.get(write.endpoint()));
            long patience = permit.request == null ? PATIENCE_OF_BATCHES : PATIENCE;
            offences.check(
                    permit.from - write.writer().builtAt() <= patience + 1000,
                    Invariant.SLOT_WITHIN_PATIENCE,
                    () -> permit + ", " + Duration.ofNanos(permit.from - write.writer().builtAt()) + " ahead");
            given.add(permit);
        }
        permits.get(write.endpoint()).addAll(given);
        return given;
    }

    /** However others wrote meanwhile, what is admitted takes its units, from the moment of the writer on or from later. */
    private void taken(SharedItems.Write write, UpdateKind kind, int calls, double input, double output) {
        for (LimitRule rule : rules.get(write.endpoint())) {
            if (UpdateKind.assigned(write.update(), rule.tat()).isPresent()) {
                int paying = rule.retriesOnly() ? 1 : calls; // of several lines one at least
                double cost = paying * rule.units(input, output) * rule.interval();
                long earliest = Math.max(
                        write.before().get(rule.tat()), write.writer().builtAt() - (long) rule.slack());
                double missing = cost - (write.after().get(rule.tat()) - earliest);
                boolean mayBeGivenBack = refunds.inPassing(write, kind, rule, missing);
                offences.check(
                        missing <= 1000 || mayBeGivenBack,
                        Invariant.ADMITTED_IS_TAKEN,
                        () -> write.endpoint() + "." + rule.tat() + " was " + write.before().get(rule.tat())
                                + " and is " + write.after().get(rule.tat()) + " after " + calls + " calls of " + cost
                                + " at " + write.writer().builtAt());
            }
        }
    }

    /** Notes a report, which may give tokens back. */
    void reported(SharedItems.Write write) {
        refunds.reported(write);
    }

    /** Notes that an endpoint has refused a call for its limits: it says for 2 or 30 s, or else is left alone for 1 to 5 s. */
    void refused(SharedItems.Write write) {
        leaveAlone.merge(write.endpoint(), write.writer().builtAt() + Enforcement.SECOND, Math::max);
    }

    /** For how long permits are held at most: half of each burst, and 5 s. */
    private long held(String endpoint) {
        double burst = rules.get(endpoint)
                .stream()
                .filter(rule -> !rule.retriesOnly())
                .mapToDouble(LimitRule::depth)
                .min()
                .orElse(Double.MAX_VALUE);
        return (long) Math.min((double) LONGEST_HELD, burst / 2);
    }

    /** From when on: the call it was asked for at its own slot, which its tokens tell, and the others when all may be. */
    private long ofLease(SharedItems.Write write, int number, double input, double output) {
        return number == 0
                ? Math.max(write.writer().builtAt(), write.after().get(Attribute.HOLD))
                : (long) moment(write, 0, input, output);
    }

    /** From when on the call may be made after which so many more of the same write come. */
    private double moment(SharedItems.Write write, int after, double input, double output) {
        EndpointState state = write.after();
        boolean batch = Request.CURRENT.get() == null;
        double moment = Math.max(write.writer().builtAt(), state.get(Attribute.HOLD));
        for (LimitRule rule : rules.get(write.endpoint())) {
            if (UpdateKind.assigned(write.update(), rule.tat()).isPresent()) {
                double units = rule.units(input, output);
                double reached = state.get(rule.tat()) - after * units * rule.interval();
                moment = Math.max(moment, rule.slot(reached, units, batch ? BATCHES_SHARE : 1));
            }
        }
        return moment;
    }

    List<Permit> of(Endpoint endpoint) {
        return permits.get(endpoint.name());
    }

    List<Permit> all() {
        return permits.values().stream().flatMap(List::stream).toList();
    }

    /** What can be told only at the end: whether any period held too much. */
    void check() {
        for (Endpoint endpoint : pool.endpoints()) {
            List<Permit> all = new ArrayList<>(permits.get(endpoint.name()));
            all.sort(Comparator.comparingLong(permit -> permit.moment));
            for (LimitRule rule : rules.get(endpoint.name())) {
                if (rule.retriesOnly()) {
                    List<Permit> retries = all.stream().filter(permit -> permit.retry).toList();
                    check(endpoint, rule, retries, Invariant.RETRIES_WITHIN_BUDGET);
                } else {
                    check(endpoint, rule, all, Invariant.ADMITTED_WITHIN_BOUND);
                }
                if (!rule.retriesOnly()) {
                    checkAlone(endpoint, rule);
                }
            }
            checkDays(endpoint, all);
        }
    }

    private void check(Endpoint endpoint, LimitRule rule, List<Permit> calls, Invariant invariant) {
        List<Taken> taken = new ArrayList<>(
                calls.stream()
                        .map(permit -> new Taken(permit.moment, rule.units(permit.input, permit.output)))
                        .toList());
        double dearest = dearest(taken);
        List<Taken> givenBack = refunds.of(endpoint, rule);
        taken.addAll(givenBack);
        double astray = 2 * Taken.mostGivenBack(givenBack, AROUND_ITS_WRITE);
        check(
                taken, rule.interval(), rule.most(0, dearest) + astray + 1e-3, invariant,
                endpoint.name() + ", " + rule.kind());
    }

    /**
     * Shares of a limit, by what each had of the traffic, are one limit together. On top come the shares of those that
     * know nothing, and a call of each at once, for which the smallest share is enough. Tokens of answers are left out
     * where use counts: what was not used comes back in between.
     */
    private void checkAlone(Endpoint endpoint, LimitRule rule) {
        List<Alone> calls = alone.get(endpoint.name());
        boolean useCounts = endpoint.limits().tokenAccounting() != TokenAccounting.MAX;
        List<Taken> taken = new ArrayList<>();
        for (Alone call : calls) {
            double output = useCounts ? 0 : call.size().maxTokens();
            taken.add(new Taken(call.moment(), rule.units(call.size().inputTokens(), output)));
        }
        long instances = calls.stream().map(Alone::by).distinct().count();
        double dearest = dearest(taken);
        double shares = 1 + UNKNOWN_SHARE * instances;
        check(
                taken,
                rule.interval() / shares,
                shares * rule.most(ASTRAY, dearest) + instances * dearest,
                Invariant.ALONE_WITHIN_SHARES,
                endpoint.name() + ", " + rule.kind() + ", " + instances + " instances");
    }

    private static double dearest(List<Taken> taken) {
        return taken.stream().mapToDouble(Taken::units).max().orElse(0);
    }

    private void check(List<Taken> all, double interval, double most, Invariant invariant, String what) {
        all.sort(Comparator.comparingLong(Taken::moment));
        double over = Taken.mostOver(all, interval) - most;
        offences.check(over <= 0, invariant, () -> what + ": " + over + " more than " + most);
    }

    /** Of all zones the pool of a course has UTC only. */
    private static LocalDate day(long moment) {
        return LocalDate.ofInstant(Instant.ofEpochSecond(0, moment), ZoneOffset.UTC);
    }

    private void checkDays(Endpoint endpoint, List<Permit> calls) {
        if (endpoint.limits().dayReset() == null
                || endpoint.limits().of(LimitKind.REQUESTS_PER_DAY).isEmpty()) {
            return;
        }
        long limit = endpoint.limits().of(LimitKind.REQUESTS_PER_DAY).getAsLong();
        Map<LocalDate, Long> days = new HashMap<>();
        for (Permit permit : calls) {
            if (!day(permit.moment - MIDNIGHT).equals(day(permit.moment + MIDNIGHT))) {
                continue;
            }
            LocalDate day = day(permit.moment);
            long count = days.merge(day, 1L, Long::sum);
            offences.check(
                    count <= limit, Invariant.DAY_WITHIN_LIMIT, () -> endpoint.name() + ": " + count + " on " + day);
        }
    }
}
