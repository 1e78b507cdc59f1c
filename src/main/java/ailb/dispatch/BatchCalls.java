package ailb.dispatch;

import ailb.admission.Admission;
import ailb.admission.Demand;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.Settings;
import ailb.protocol.ChatRequest;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
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

    private static final long STORE_DOWN_WAIT = Duration.ofSeconds(30).toNanos();

    private static final long JITTER = Duration.ofMillis(50).toNanos();

    private static final int STORE_PATIENCE = 2;

    private final Grounds grounds;
    private final Dispatcher.Parts parts;
    private final Settings.Batches settings;
    private final Budget budget;
    private final DeferredReports reports;

    BatchCalls(Grounds grounds, Deadline deadline) {
        this.grounds = grounds;
        this.parts = grounds.shared();
        this.settings = parts.pool().settings().batches();
        this.budget = new Budget(deadline, parts.time(), parts.pool().settings());
        this.reports = new DeferredReports(parts.settler(), parts.time());
    }

    /** A call that waits. */
    public BatchCall call(ChatRequest request) {
        return new BatchCall(
                parts,
                new Choices(parts, request, budget, Priority.BATCH),
                budget,
                new Attempts(request, budget, parts.pool().settings(), reports));
    }

    /**
     * What came of leasing.
     *
     * @param ready those that have been leased a permit
     * @param declined those that no endpoint of this pool can take as it is, and why
     * @param pause from now until the others should ask again, nanoseconds; {@link Long#MAX_VALUE} where the time left is
     *     too short for any of them
     */
    public record Leases(List<BatchCall> ready, Map<BatchCall, DispatchResult> declined, long pause) {

        public Leases {
            ready = List.copyOf(ready);
            declined = Map.copyOf(declined);
        }
    }

    /** Leases permits for those of the waiting calls that there is room for now. */
    public Leases lease(List<BatchCall> waiting) {
        if (grounds.storeDownSince().isPresent()) {
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
        return soonest == Long.MAX_VALUE
                ? soonest
                : Math.max(0, soonest - parts.time().now()) + (long) (JITTER * parts.random().nextDouble());
    }

    private static final class Round {

        private final Deque<BatchCall> left;
        private final List<BatchCall> ready = new ArrayList<>();
        private final Map<BatchCall, DispatchResult> declined = new HashMap<>();

        /** Endpoints that have no room for a lease, and from when on they may have. */
        private final Map<String, Long> full = new HashMap<>();

        /** Calls that may go to these endpoints only find no room this time. */
        private final Set<Set<String>> hopeless = new HashSet<>();

        private long soonest = Long.MAX_VALUE;
        private int storeFailures;

        Round(List<BatchCall> waiting) {
            left = new ArrayDeque<>(waiting);
        }
    }

    private void leaseFor(BatchCall call, Round round) {
        Choices choices = call.choices();
        choices.forgetThrottling();
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
                round.hopeless.add(choices.untried());
                return;
            }
            if (isLeased(call, choices.choose(ready), round)) {
                return;
            }
        }
        round.soonest = Math.min(round.soonest, parts.time().now() + UNKNOWN_WAIT);
    }

    private boolean isLeased(BatchCall call, Shortlist.Entry entry, Round round) {
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
        return call.choices()
                .key(endpoint)
                .filter(_ -> isWorthAWrite(entry, demands, round))
                .map(key -> admit(entry, calls, demands, key, round))
                .orElse(false);
    }

    /** A lease of a few takes a write as one of many does: better to wait until there is room for more of them. */
    private boolean isWorthAWrite(Shortlist.Entry entry, List<Demand> demands, Round round) {
        if (entry.access() != Breaker.Access.CLOSED) {
            return true;
        }
        Admission admission = parts.gate().admission(entry.endpoint(), Priority.BATCH);
        long ahead = settings.ahead().toNanos();
        List<Demand> together = demands.subList(0, admission.atOnce(demands, ahead));
        long now = parts.time().now();
        long room = admission.room(parts.view().state(entry.endpoint()), together, ahead, now);
        if (room > now) {
            round.full.put(entry.endpoint().name(), room);
        }
        return room <= now;
    }

    private boolean admit(
            Shortlist.Entry entry, List<BatchCall> calls, List<Demand> demands, ApiKeys.ApiKey key, Round round) {
        Endpoint endpoint = entry.endpoint();
        long maxWait = Math.min(settings.ahead().toNanos(), entry.maxWait());
        Duration lease = budget.lease(parts.view().state(endpoint), entry.demand());
        return switch (parts.gate().admit(endpoint, demands, Priority.BATCH, entry.access(), maxWait, lease)) {
            case Gate.Granted(List<Permit> permits) -> {
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
            return Long.MAX_VALUE;
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
        long room = round.full.getOrDefault(
                entry.endpoint().name(), entry.room() - settings.ahead().toNanos());
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
