package ailb.sim;

import ailb.api.AnswerLimits;
import ailb.api.Api;
import ailb.api.CallerKeys;
import ailb.api.FixedClientKeys;
import ailb.batch.BatchProcessor;
import ailb.batch.BatchQueue;
import ailb.batch.BatchStore;
import ailb.batch.BatchWorker;
import ailb.batch.Batches;
import ailb.batch.InMemoryBatchQueue;
import ailb.batch.InMemoryBatchStore;
import ailb.dispatch.Dispatcher;
import ailb.dispatch.SoonBusy;
import ailb.lambda.Handlers;
import ailb.pool.Endpoint;
import ailb.port.ApiKeys;
import ailb.port.DispatchEvent;
import ailb.port.ReplyBudget;
import ailb.port.Upstream;
import ailb.protocol.wire.ProviderRequest;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import ailb.state.StateStore;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a function: the real handlers and all behind them, with clocks, keys and a way to the store of its own.
 */
final class Instance implements Upstream {

    /** Of the call that was made last on this thread; none where it may have been another one. */
    static final ThreadLocal<Permit> LAST = new ThreadLocal<>();

    /** Whose call that was. */
    private static final ThreadLocal<Request> CALLING = new ThreadLocal<>();

    /** So late after its slot a call may start: 1 s late is dropped, and the answers of the store take their time. */
    private static final long LATE = Duration.ofMillis(2500).toNanos();

    /** Permits taken alone may be used so long after the store has come back. */
    private static final long AFTERWARDS = Duration.ofSeconds(8).toNanos();

    /** A call that is made by a permit that was held may be on its way for so long. */
    private static final long ON_ITS_WAY = Duration.ofSeconds(2).toNanos();

    /** More than it makes while one of them is under way or its report waits. */
    private static final int RECENT = 200;

    final int number;
    final InstanceTime time;

    /** Of the invocation, where it is one that works on a batch. */
    Simulation.Life life;

    final Unreported unreported = new Unreported();

    /** Permits of lines that were not claimed, and so are let go without a word. */
    int letGo;

    private final World world;
    private final StateStore store;
    private final ApiKeys keys;
    private Handlers.@Nullable Front front;
    private final List<Permit> inHand = new ArrayList<>();

    /** Out of hand by calls that may have been alone: if so, later ones are made with them. */
    private final List<Permit> doubtful = new ArrayList<>();

    private final Map<String, Request> lines = new HashMap<>();
    private final Map<String, Deque<Permit>> recent = new HashMap<>();
    private final Set<String> probes = new HashSet<>();
    private final Map<String, TreeMap<Long, Long>> seen = new HashMap<>();
    private boolean alone;
    private long backSince = Long.MIN_VALUE / 2;

    Instance(World world, int number, long skew, Simulation.Life life) {
        this.world = world;
        this.number = number;
        this.life = life;
        this.time = new InstanceTime(world.time(), this, skew, world.leftOut());
        this.store = new FaultyStateStore(world, this);
        this.keys = new RotatingKeys(world);
    }

    /** The function behind the gateway. */
    Handlers.Front front() {
        if (front == null) {
            Batches batches = new Batches(
                    new InMemoryBatchStore(), new InMemoryBatchQueue(time, world.random()), world.pool(), time,
                    world.random(), BatchSide.KEPT);
            front = Handlers.of(
                    new Api(world.pool(), dispatcher(), new CallerKeys(world.clientKeys(), FixedClientKeys.NONE),
                            batches,
                            time, world.random(),
                            AnswerLimits.NONE, () -> {}),
                    time);
        }
        return front;
    }

    /** The function behind the queue. */
    RequestHandler<SQSEvent, SQSBatchResponse> worker(BatchStore batches, BatchQueue queue) {
        BatchWorker worker = new BatchProcessor(
                world.pool(), dispatcher(), batches, queue, world.time(), time, world.random(), BatchSide.KEPT,
                ReplyBudget.unlimited());
        return Handlers.of(worker, time);
    }

    private Dispatcher dispatcher() {
        return world.course().isBusy()
                ? SoonBusy.dispatcher(world.pool(), store, this, keys, time, world.random(), this::hear)
                : new Dispatcher(world.pool(), store, this, keys, time, world.random(), this::hear);
    }

    void holds(List<Permit> permits, boolean probe) {
        inHand.addAll(permits);
        if (probe) {
            permits.forEach(permit -> probes.add(permit.endpoint.name() + permit.generation));
        }
    }

    /** Whether it has got the probe that began this generation. */
    boolean hasProbed(String endpoint, long generation) {
        return probes.contains(endpoint + generation);
    }

    /** What it has made its last calls to an endpoint with. */
    Stream<Permit> recent(String endpoint) {
        return recent.getOrDefault(endpoint, new ArrayDeque<>()).stream();
    }

    /** Begins an invocation. */
    void lives(Simulation.Life invocation) {
        life = invocation;
        lines.clear();
    }

    private void hear(DispatchEvent event) {
        switch (event) {
            case DispatchEvent.StoreDown _ -> alone = true;
            case DispatchEvent.StoreUp _ -> {
                alone = false;
                backSince = lived();
            }
            case DispatchEvent.StoreTrouble(String endpoint, _) ->
                world.counts().trouble += endpoint.equals("all") ? 0 : 1;
            case DispatchEvent.Dropped(String endpoint) -> taken(endpoint).ifPresent(permit -> permit.dropped = true);
            case DispatchEvent.KeyRenewed _ -> {
                Request of = CALLING.get();
                of.renewals++;
                of.failedElsewhere = of.failedBefore;
            }
            case DispatchEvent.Admitted _,DispatchEvent.Refused _,DispatchEvent.Answered _,DispatchEvent.HungUp _,DispatchEvent.Failed _,DispatchEvent.Opened _,DispatchEvent.Closed _,DispatchEvent.KeyMissing _,DispatchEvent.Throttled _,DispatchEvent.StoreStillDown _ -> {
                // shown by the writes
            }
        }
    }

    /** The permit that a call to this endpoint is made with, out of hand now. */
    private Optional<Permit> taken(String endpoint) {
        inHand.removeIf(permit -> (!permit.isOpen() && permit.granted) || isPast(permit));
        Request request = Request.CURRENT.get();
        List<Permit> open = inHand.stream()
                .filter(permit -> permit.isOpen() && permit.life == life && permit.endpoint.name().equals(endpoint))
                .sorted(Comparator.comparingLong(permit -> permit.moment))
                .toList();
        return open.stream()
                .filter(permit -> permit.request == request && !permit.forAnyone)
                .findFirst()
                .or(() -> held(open))
                .or(() -> doubted(endpoint));
    }

    private Optional<Permit> held(List<Permit> open) {
        Optional<Permit> held = open.stream()
                .filter(permit -> permit.forAnyone)
                .max(Comparator.comparingLong(permit -> permit.generation));
        held.filter(_ -> isAlone()).ifPresent(doubtful::add);
        return held;
    }

    private Optional<Permit> doubted(String endpoint) {
        doubtful.removeIf(this::isPast);
        Optional<Permit> doubted = doubtful.stream()
                .filter(permit -> !isAlone() && permit.life == life && permit.endpoint.name().equals(endpoint))
                .findFirst();
        doubted.ifPresent(doubtful::remove);
        return doubted;
    }

    private boolean isPast(Permit permit) {
        return permit.forAnyone && time.now() > permit.until.orElseThrow() + LATE && !permit.wasFrozen();
    }

    @Override
    public Result call(ProviderRequest request, Duration timeout) throws InterruptedException {
        return call(request, false, timeout);
    }

    @Override
    public Pending open(ProviderRequest request, Duration timeout) throws InterruptedException {
        return Pending.of(call(request, true, timeout));
    }

    private Result call(ProviderRequest request, boolean stream, Duration timeout) throws InterruptedException {
        Endpoint endpoint = world.providers().endpoint(request);
        Optional<String> line = Request.CURRENT.get() == null ? BatchSide.line(request) : Optional.empty();
        Request of = line.isEmpty()
                ? Request.CURRENT.get()
                : lines.computeIfAbsent(line.get(), _ -> new Request(-1));
        CALLING.set(of);
        Optional<Permit> permit = taken(endpoint.name());
        world.counts().calls++;
        if (permit.isPresent()) {
            use(permit.get(), of);
        } else {
            world.counts().callsAlone++;
            if (!alone) {
                unreported.madeUnsure(endpoint.name());
            }
            if (life.frozenFor() == 0) {
                world.ledger().madeAlone(endpoint, this, world.time().now(), Size.of(request));
            }
            world.offences()
                    .check(
                            isAlone(),
                            Invariant.CALL_HAS_PERMIT,
                            () -> of + " of " + this + " calls " + endpoint.name());
        }
        LAST.set(permit.filter(each -> !each.mixedUp).orElse(null));
        world.time().note(endpoint.name().hashCode());
        of.calls++;
        world.batch().calls(line, life);
        Result result = world.providers().call(request, stream, timeout, permit);
        world.batch().called(line, life);
        of.failedBefore = of.failedElsewhere;
        of.failedElsewhere |= switch (result) {
            case Reply(int status, _, _) -> status != 200;
            case Streaming _ -> false;
            case Failed _ -> true;
        };
        return result;
    }

    /** Whether a call may be one of those it has admitted by itself. */
    private boolean isAlone() {
        return alone || lived() - backSince < AFTERWARDS;
    }

    /** What it has had of time. */
    private long lived() {
        return world.time().now() - life.frozenFor();
    }

    /**
     * Whether it may be one that was let go, or is being held for a line yet: then the call is made with a later one. Or
     * with one that was taken alone, and not with one that is held.
     */
    private boolean mayBeAnother(Permit permit) {
        boolean ofLines = permit.request == null
                && (letGo > 0
                        || inHand.stream().anyMatch(other -> other.isOpen() && other.generation > permit.generation));
        return ofLines || (permit.forAnyone && isAlone());
    }

    private void use(Permit permit, Request of) {
        permit.mixedUp |= permit.used || permit.dropped || mayBeAnother(permit);
        permit.used = true;
        Deque<Permit> calls = recent.computeIfAbsent(permit.endpoint.name(), _ -> new ArrayDeque<>());
        calls.addLast(permit);
        if (calls.size() > RECENT) {
            calls.removeFirst();
        }
        permit.retry = of.failedElsewhere && !permit.mixedUp;
        unreported.made(permit);
        long now = time.now();
        long late = now - permit.until.orElse(permit.from);
        permit.moment = permit.until.isPresent() ? Math.min(now, permit.moment) : permit.moment;
        if (permit.wasFrozen()) {
            world.counts().callsAfterAFreeze++;
        }
        checkHeld(permit);
        world.offences()
                .check(
                        now - permit.from >= -1000
                                && (late <= LATE || permit.wasFrozen() || permit.mixedUp),
                        Invariant.CALL_AT_ITS_SLOT,
                        () -> of + " calls " + Duration.ofNanos(late) + " after its slot: " + permit);
    }

    /** Notes what the store has told. */
    void saw(String endpoint, EndpointState state) {
        seen.computeIfAbsent(endpoint, _ -> new TreeMap<>()).putIfAbsent(state.get(Attribute.GENERATION), lived());
    }

    private void checkHeld(Permit permit) {
        if (!permit.forAnyone || permit.wasFrozen() || permit.mixedUp) {
            return;
        }
        world.counts().callsByLease++;
        Map.Entry<Long, Long> later = seen.get(permit.endpoint.name()).higherEntry(permit.generation);
        world.offences()
                .check(
                        later == null || lived() - later.getValue() <= ON_ITS_WAY,
                        Invariant.MOVED_BY_ITS_GENERATION,
                        () -> permit + " used " + Duration.ofNanos(lived() - later.getValue()) + " after generation "
                                + later.getKey() + " was seen");
    }

    @Override
    public String toString() {
        return "instance " + number;
    }
}
