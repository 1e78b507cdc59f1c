package ailb.dispatch;

import ailb.admission.Admission;
import ailb.admission.Demand;
import ailb.dispatch.choice.Budget;
import ailb.dispatch.choice.Choices;
import ailb.dispatch.choice.Shortlist;
import ailb.dispatch.coalesce.DeferredReports;
import ailb.dispatch.fallback.Grounds;
import ailb.dispatch.fallback.Parts;
import ailb.dispatch.permit.Gate;
import ailb.dispatch.permit.Permit;
import ailb.dispatch.permit.Priority;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.Settings;
import ailb.port.ApiKeys;
import ailb.port.Deadline;
import ailb.port.ReplyBudget;
import ailb.protocol.ModelRequest;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Makes the calls of batches: of a lower class, and many at a time. One write leases the permits of several calls, and
 * one reports several answers. Belongs to one worker and is used by one thread, but for the calls themselves.
 */
public final class BatchCalls {

    /** Where nothing tells when an endpoint will have room. */
    private static final long UNKNOWN_WAIT = Duration.ofSeconds(1).toNanos();

    /** In {@link Leases#pause}: no call will get a permit in the time that is left. */
    public static final long OUT_OF_TIME = Long.MAX_VALUE;

    private static final long STORE_DOWN_WAIT = Duration.ofSeconds(30).toNanos();

    private static final long JITTER = Duration.ofMillis(50).toNanos();

    /** What is known of an endpoint is good enough to write by up to this age. */
    private static final long FRESH = Duration.ofMillis(20).toNanos();

    private static final int STORE_PATIENCE = 2;

    private static final Duration LONGEST_REPORT_WAIT = Duration.ofSeconds(2);

    private final Grounds grounds;
    private final ReplyBudget replies;
    private final Parts parts;
    private final Settings.Batches settings;
    private final Budget budget;
    private final DeferredReports reports;

    /** @param replies that the calls share */
    BatchCalls(Grounds grounds, Deadline deadline, ReplyBudget replies) {
        this.grounds = grounds;
        this.replies = replies;
        this.parts = grounds.shared();
        this.settings = parts.pool().settings().batches();
        this.budget = new Budget(deadline, parts.time(), parts.pool().settings(), Priority.BATCH);
        this.reports = new DeferredReports(parts.settler(), parts.time(), _ -> true, LONGEST_REPORT_WAIT);
    }

    /** A call that waits. */
    public BatchCall call(ModelRequest request) {
        ReplyBudget.Share share = replies.share();
        return new BatchCall(
                parts,
                new Choices(parts, request, budget, Priority.BATCH),
                budget,
                new Attempts(request, budget, parts.pool().settings(), StreamOutput.none(parts.time()), _ -> reports,
                        share),
                share);
    }

    /**
     * What came of leasing.
     *
     * @param ready those that have been leased a permit
     * @param declined those that no endpoint of this pool can take as it is, and why
     * @param pause from now until the others should ask again, nanoseconds, or {@link #OUT_OF_TIME}; it may be beyond
     *     the deadline
     */
    public record Leases(List<BatchCall> ready, Map<BatchCall, DispatchResult> declined, long pause) {

        public Leases {
            ready = List.copyOf(ready);
            declined = Collections.unmodifiableMap(new LinkedHashMap<>(declined));
        }
    }

    /** Leases permits for those of the waiting calls that there is room for now. */
    public Leases lease(List<BatchCall> waiting) {
        if (grounds.isStoreDown()) {
            return new Leases(List.of(), Map.of(), STORE_DOWN_WAIT);
        }
        parts.view().refresh();
        Round round = new Round(waiting);
        while (!round.left.isEmpty()) {
            BatchCall call = round.left.removeFirst();
            if (!round.hopeless.contains(call.choices().untried())) {
                leaseFor(call, round);
            }
        }
        return new Leases(round.ready, round.declined, pause(round.soonest));
    }

    /** Workers that wait for the same moment must not all write at once. */
    private long pause(long soonest) {
        return soonest == OUT_OF_TIME
                ? OUT_OF_TIME
                : Math.max(0, soonest - parts.time().now()) + (long) (JITTER * parts.random().nextDouble());
    }

    private static final class Round {

        private final Deque<BatchCall> left;
        private final List<BatchCall> ready = new ArrayList<>();
        private final Map<BatchCall, DispatchResult> declined = new LinkedHashMap<>();

        /** Endpoints that have no room for a lease, and from when on they may have. */
        private final Map<String, Long> full = new HashMap<>();

        /** Calls that may go to these endpoints only find no room this time. */
        private final Set<Set<String>> hopeless = new HashSet<>();

        private long soonest = OUT_OF_TIME;
        private int storeFailures;

        Round(List<BatchCall> waiting) {
            left = new ArrayDeque<>(waiting);
        }
    }

    private void leaseFor(BatchCall call, Round round) {
        Choices choices = call.choices();
        while (round.storeFailures < STORE_PATIENCE) {
            Shortlist shortlist = choices.shortlist(Set.of());
            if (choices.usable().isEmpty() || choices.budgetRefuses()) {
                round.declined.put(call, call.ending());
                return;
            }
            List<Shortlist.Entry> ready = shortlist.ready()
                    .stream()
                    .filter(entry -> !round.full.containsKey(entry.endpoint().name()))
                    .filter(entry -> !entry.tried() || call.notBefore() <= shortlist.now())
                    .toList();
            if (ready.isEmpty()) {
                round.soonest = Math.min(round.soonest, soonest(call, shortlist, round));
                if (call.notBefore() <= shortlist.now()) {
                    round.hopeless.add(choices.untried());
                }
                return;
            }
            if (tryLease(call, choices.choose(ready), round)) {
                return;
            }
        }
        round.soonest = Math.min(round.soonest, parts.time().now() + UNKNOWN_WAIT);
    }

    private boolean tryLease(BatchCall call, Shortlist.Entry entry, Round round) {
        Endpoint endpoint = entry.endpoint();
        List<BatchCall> calls = new ArrayList<>();
        calls.add(call);
        if (entry.access() == Breaker.Access.CLOSED) {
            round.left.stream()
                    .filter(other -> other.choices().mayJoin(endpoint))
                    .limit(settings.lease() - 1L)
                    .forEach(calls::add);
        }
        List<Demand> demands = new ArrayList<>();
        demands.add(entry.demand());
        calls.stream().skip(1).forEach(other -> demands.add(other.choices().demand(endpoint)));
        int least = worthAWrite(entry, demands);
        return call.choices()
                .key(endpoint)
                .filter(_ -> hasRoom(entry, demands.subList(0, least), round))
                .map(key -> admit(entry, calls, demands, least, key, round))
                .orElse(false);
    }

    /** A lease of a few takes a write as one of many does: better to wait until there is room for more of them. */
    private int worthAWrite(Shortlist.Entry entry, List<Demand> demands) {
        Admission admission = parts.gate().admission(entry.endpoint(), Priority.BATCH);
        return entry.access() == Breaker.Access.CLOSED
                ? admission.atOnce(demands, settings.ahead().toNanos())
                : 1;
    }

    private boolean hasRoom(Shortlist.Entry entry, List<Demand> together, Round round) {
        if (entry.access() != Breaker.Access.CLOSED) {
            return true;
        }
        long now = parts.time().now();
        long room = room(entry.endpoint(), together, now);
        if (room <= now && parts.view().observe(entry.endpoint()).age() > FRESH) {
            // Other workers waited for the same moment: a look costs less than a write that is refused.
            parts.view().refresh(FRESH);
            now = parts.time().now();
            room = room(entry.endpoint(), together, now);
        }
        if (room > now) {
            round.full.put(entry.endpoint().name(), room);
        }
        return room <= now;
    }

    private long room(Endpoint endpoint, List<Demand> together, long now) {
        return parts.gate()
                .admission(endpoint, Priority.BATCH)
                .room(parts.view().state(endpoint), together, settings.ahead().toNanos(), now);
    }

    private boolean admit(
            Shortlist.Entry entry,
            List<BatchCall> calls,
            List<Demand> demands,
            int least,
            ApiKeys.ApiKey key,
            Round round) {
        Endpoint endpoint = entry.endpoint();
        long maxWait = Math.min(settings.ahead().toNanos(), entry.maxWait());
        Duration lease = budget.lease(
                parts.view().state(endpoint), entry.demand(), calls.getFirst().choices().maxTokens());
        Gate.Order order = new Gate.Order(endpoint, demands, Priority.BATCH, entry.access(), maxWait, lease, 0);
        return switch (parts.gate().admit(order, least, Gate.Rider.NONE)) {
            case Gate.Granted(List<Permit> permits, _) -> {
                for (int i = 0; i < permits.size(); i++) {
                    calls.get(i).lease(new Ticket(permits.get(i), key));
                }
                List<BatchCall> leased = calls.subList(0, permits.size());
                round.ready.addAll(leased);
                round.left.removeAll(new HashSet<>(leased));
                yield true;
            }
            case Gate.Refused(),Gate.Throttled() -> {
                round.full.put(endpoint.name(), parts.time().now() + refusalWait());
                yield false;
            }
            case Gate.Unknown() -> {
                round.storeFailures++;
                yield false;
            }
        };
    }

    /** Others were quicker: workers that all come back at once would only refuse each other again. */
    private long refusalWait() {
        return (long) (settings.ahead().toNanos() * (0.2 + 0.8 * parts.random().nextDouble()));
    }

    /** When the call may get room: at the end of a limit's wait, or of an endpoint's time out. */
    private long soonest(BatchCall call, Shortlist shortlist, Round round) {
        long now = shortlist.now();
        if (!shortlist.entries().isEmpty()
                && shortlist.entries().stream().allMatch(entry -> entry.maxWait() < 0)) {
            return OUT_OF_TIME;
        }
        LongStream rooms = shortlist.entries().stream().mapToLong(entry -> room(call, entry, round));
        LongStream returns = call.choices()
                .usable()
                .stream()
                .map(endpoint -> parts.view().state(endpoint))
                .filter(state -> !Breaker.isClosed(state))
                .mapToLong(BatchCalls::probed);
        return LongStream.concat(rooms, returns)
                .filter(moment -> moment > now)
                .min()
                .orElse(now + UNKNOWN_WAIT);
    }

    private long room(BatchCall call, Shortlist.Entry entry, Round round) {
        Long full = round.full.get(entry.endpoint().name());
        // One that has room again since it was found full is due now.
        long room = full == null
                ? entry.room() - settings.ahead().toNanos()
                : Math.max(full, parts.time().now() + 1);
        return entry.tried() ? Math.max(call.notBefore(), room) : room;
    }

    /** When an endpoint that is out may be tried again. */
    private static long probed(EndpointState state) {
        return Math.max(state.get(Attribute.OPEN_UNTIL), state.get(Attribute.PROBE_UNTIL));
    }

    /** Nanoseconds until answers are to be reported; very long where none wait. */
    public long untilReport() {
        return reports.untilDue();
    }

    /** Reports the answers that have come. */
    public void report() {
        reports.flush();
    }
}
