package ailb.dispatch;

import ailb.admission.Admission;
import ailb.admission.Demand;
import ailb.dispatch.choice.EligibleEndpoints;
import ailb.dispatch.choice.EndpointOption;
import ailb.dispatch.choice.Shortlist;
import ailb.dispatch.choice.TimeBudget;
import ailb.dispatch.coalesce.DeferredOutcomes;
import ailb.dispatch.fallback.DispatchContext;
import ailb.dispatch.fallback.StateFallback;
import ailb.dispatch.permit.AdmissionRequest;
import ailb.dispatch.permit.AdmissionResult;
import ailb.dispatch.permit.Permit;
import ailb.dispatch.permit.PiggybackUpdate;
import ailb.dispatch.permit.Priority;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.Settings;
import ailb.port.ApiKeys;
import ailb.port.Deadline;
import ailb.port.ReplyBudget;
import ailb.protocol.ModelRequest;
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
 * Makes the calls of batches, many at a time and with a lower priority. One write leases the permits of several calls,
 * and one write records several answers. Belongs to one worker. Used by one thread, except for the calls themselves.
 */
public final class BatchCalls {

    /** The wait where nothing says when an endpoint will have room. */
    private static final long UNKNOWN_WAIT = Duration.ofSeconds(1).toNanos();

    /** In {@link Leases#pause}: no call will get a permit in the time that is left. */
    public static final long OUT_OF_TIME = Long.MAX_VALUE;

    private static final long STORE_DOWN_WAIT = Duration.ofSeconds(30).toNanos();

    private static final long JITTER = Duration.ofMillis(50).toNanos();

    /** Up to this age a view of an endpoint is good enough to write by. */
    private static final long FRESH = Duration.ofMillis(20).toNanos();

    private static final Duration LONGEST_OUTCOME_WAIT = Duration.ofSeconds(2);

    private final StateFallback fallback;
    private final ReplyBudget replies;
    private final DispatchContext context;
    private final Settings.Batches settings;
    private final TimeBudget budget;
    private final DeferredOutcomes outcomes;

    /** @param replies that the calls share */
    BatchCalls(StateFallback fallback, Deadline deadline, ReplyBudget replies) {
        this.fallback = fallback;
        this.replies = replies;
        this.context = fallback.shared();
        this.settings = context.pool().settings().batches();
        this.budget = new TimeBudget(deadline, context.time(), context.pool().settings(), Priority.BATCH);
        this.outcomes = new DeferredOutcomes(context.recorder(), context.time(), _ -> true, LONGEST_OUTCOME_WAIT);
    }

    /** A call that waits. */
    public BatchCall call(ModelRequest request) {
        ReplyBudget.Share share = replies.share();
        return new BatchCall(
                context,
                new EligibleEndpoints(context, request, budget, Priority.BATCH),
                budget,
                new Attempts(request, budget, context.pool().settings(), StreamOutput.none(context.time()),
                        _ -> outcomes,
                        share),
                share);
    }

    /**
     * The result of leasing.
     *
     * @param ready calls that have a permit now
     * @param declined calls that no endpoint of the pool can take now, and why
     * @param pause until the other calls should ask again, nanoseconds, or {@link #OUT_OF_TIME}; it may be longer than
     *     the time left
     */
    public record Leases(List<BatchCall> ready, Map<BatchCall, DispatchResult> declined, long pause) {

        public Leases {
            ready = List.copyOf(ready);
            declined = Collections.unmodifiableMap(new LinkedHashMap<>(declined));
        }
    }

    /** Leases permits for the waiting calls that there is room for now. */
    public Leases lease(List<BatchCall> waiting) {
        if (fallback.isStoreDown()) {
            return new Leases(List.of(), Map.of(), STORE_DOWN_WAIT);
        }
        context.view().refresh();
        Round round = new Round(waiting);
        while (!round.left.isEmpty()) {
            BatchCall call = round.left.removeFirst();
            if (!round.hopeless.contains(call.eligible().untried())) {
                leaseFor(call, round);
            }
        }
        return new Leases(round.ready, round.declined, pause(round.soonest));
    }

    /** Workers that wait for the same moment must not all write at once. */
    private long pause(long soonest) {
        return soonest == OUT_OF_TIME
                ? OUT_OF_TIME
                : Math.max(0, soonest - context.time().now()) + (long) (JITTER * context.random().nextDouble());
    }

    private static final class Round {

        private final Deque<BatchCall> left;
        private final List<BatchCall> ready = new ArrayList<>();
        private final Map<BatchCall, DispatchResult> declined = new LinkedHashMap<>();

        /** Endpoints without room for a lease, and when they may have some. */
        private final Map<String, Long> full = new HashMap<>();

        /** Sets of endpoints without room: a call that may only go to one of them need not be tried. */
        private final Set<Set<String>> hopeless = new HashSet<>();

        private long soonest = OUT_OF_TIME;
        private int storeFailures;

        Round(List<BatchCall> waiting) {
            left = new ArrayDeque<>(waiting);
        }
    }

    private void leaseFor(BatchCall call, Round round) {
        EligibleEndpoints eligible = call.eligible();
        while (round.storeFailures < PermitSearch.MOST_STORE_FAILURES) {
            Shortlist shortlist = eligible.shortlist(Set.of());
            if (eligible.usable().isEmpty() || eligible.budgetRefuses()) {
                round.declined.put(call, call.ending());
                return;
            }
            List<EndpointOption> ready = shortlist.ready()
                    .stream()
                    .filter(option -> !round.full.containsKey(option.endpoint().name()))
                    .filter(option -> !option.tried() || call.notBefore() <= shortlist.now())
                    .toList();
            if (ready.isEmpty()) {
                round.soonest = Math.min(round.soonest, soonest(call, shortlist, round));
                if (call.notBefore() <= shortlist.now()) {
                    round.hopeless.add(eligible.untried());
                }
                return;
            }
            if (tryLease(call, eligible.choose(ready), round)) {
                return;
            }
        }
        round.soonest = Math.min(round.soonest, context.time().now() + UNKNOWN_WAIT);
    }

    private boolean tryLease(BatchCall call, EndpointOption option, Round round) {
        Endpoint endpoint = option.endpoint();
        List<BatchCall> calls = new ArrayList<>();
        calls.add(call);
        if (option.access() == Breaker.Access.NORMAL) {
            round.left.stream()
                    .filter(other -> other.eligible().mayJoin(endpoint))
                    .limit(settings.lease() - 1L)
                    .forEach(calls::add);
        }
        List<Demand> demands = new ArrayList<>();
        demands.add(option.demand());
        calls.stream().skip(1).forEach(other -> demands.add(other.eligible().demand(endpoint)));
        int least = worthAWrite(option, demands);
        return call.eligible()
                .key(endpoint)
                .filter(_ -> hasRoom(option, demands.subList(0, least), round))
                .map(key -> admit(option, calls, demands, least, key, round))
                .orElse(false);
    }

    /**
     * How many permits a lease should have. A small lease costs as much as a large one, so it is better to wait for
     * room for several (ADR 12).
     */
    private int worthAWrite(EndpointOption option, List<Demand> demands) {
        Admission admission = context.issuer().admission(option.endpoint(), Priority.BATCH);
        return option.access() == Breaker.Access.NORMAL
                ? admission.atOnce(demands, settings.ahead().toNanos())
                : 1;
    }

    private boolean hasRoom(EndpointOption option, List<Demand> together, Round round) {
        if (option.access() != Breaker.Access.NORMAL) {
            return true;
        }
        long now = context.time().now();
        long room = room(option.endpoint(), together, now);
        if (room <= now && context.view().observe(option.endpoint()).age() > FRESH) {
            // Other workers waited for the same moment: a read costs less than a rejected write.
            context.view().refresh(FRESH);
            now = context.time().now();
            room = room(option.endpoint(), together, now);
        }
        if (room > now) {
            round.full.put(option.endpoint().name(), room);
        }
        return room <= now;
    }

    private long room(Endpoint endpoint, List<Demand> together, long now) {
        return context.issuer()
                .admission(endpoint, Priority.BATCH)
                .room(context.view().state(endpoint), together, settings.ahead().toNanos(), now);
    }

    private boolean admit(
            EndpointOption option,
            List<BatchCall> calls,
            List<Demand> demands,
            int least,
            ApiKeys.ApiKey key,
            Round round) {
        Endpoint endpoint = option.endpoint();
        long maxWait = Math.min(settings.ahead().toNanos(), option.maxWait());
        Duration probeTime = budget.probeTime(
                context.view().state(endpoint), option.demand(), calls.getFirst().eligible().maxTokens());
        AdmissionRequest admission =
                new AdmissionRequest(endpoint, demands, Priority.BATCH, option.access(), maxWait, probeTime, 0);
        return switch (context.issuer().admit(admission, least, PiggybackUpdate.NONE)) {
            case AdmissionResult.Granted(List<Permit> permits, _) -> {
                for (int i = 0; i < permits.size(); i++) {
                    calls.get(i).lease(new KeyedPermit(permits.get(i), key));
                }
                List<BatchCall> leased = calls.subList(0, permits.size());
                round.ready.addAll(leased);
                round.left.removeAll(new HashSet<>(leased));
                yield true;
            }
            case AdmissionResult.Refused(),AdmissionResult.Throttled() -> {
                round.full.put(endpoint.name(), context.time().now() + refusalWait());
                yield false;
            }
            case AdmissionResult.Unknown() -> {
                round.storeFailures++;
                yield false;
            }
        };
    }

    /** Other workers were quicker. If all came back at once, most would be refused again. */
    private long refusalWait() {
        return (long) (settings.ahead().toNanos() * (0.2 + 0.8 * context.random().nextDouble()));
    }

    /** When the call may get room: when a limit allows it, or an endpoint that is out is due again. */
    private long soonest(BatchCall call, Shortlist shortlist, Round round) {
        long now = shortlist.now();
        if (!shortlist.options().isEmpty()
                && shortlist.options().stream().allMatch(option -> option.maxWait() < 0)) {
            return OUT_OF_TIME;
        }
        LongStream rooms = shortlist.options().stream().mapToLong(option -> room(call, option, round));
        LongStream returns = call.eligible()
                .usable()
                .stream()
                .map(endpoint -> context.view().state(endpoint))
                .filter(state -> !Breaker.isClosed(state))
                .mapToLong(Breaker::due);
        return LongStream.concat(rooms, returns)
                .filter(moment -> moment > now)
                .min()
                .orElse(now + UNKNOWN_WAIT);
    }

    private long room(BatchCall call, EndpointOption option, Round round) {
        Long full = round.full.get(option.endpoint().name());
        // An endpoint that was full and has room again is due now.
        long room = full == null
                ? option.room() - settings.ahead().toNanos()
                : Math.max(full, context.time().now() + 1);
        return option.tried() ? Math.max(call.notBefore(), room) : room;
    }

    /** Nanoseconds until answers are to be recorded; very long where none wait. */
    public long untilFlush() {
        return outcomes.untilDue();
    }

    /** Records the answers that have come. */
    public void flushOutcomes() {
        outcomes.flush();
    }
}
