package ailb.dispatch;

import ailb.pool.Endpoint;
import ailb.pool.LimitKind;
import ailb.pool.Pool;
import ailb.port.Deadline;
import ailb.port.DispatchEvent;
import ailb.port.Upstream;
import ailb.protocol.wire.Headers;
import ailb.sim.Simulation;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.InMemoryStateStore;
import ailb.state.StateStore;
import ailb.state.UpdateResult;
import ailb.state.WindowSlot;
import ailb.stats.Window;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * Any number of instances on items that take 1,000 writes a second each, as DynamoDB's do, in front of providers that
 * enforce their limits. Requests come by chance, to any of the instances; the load has been there for a while.
 */
final class ScaledFleet {

    static final long SECOND = Duration.ofSeconds(1).toNanos();
    static final long MILLISECOND = Duration.ofMillis(1).toNanos();

    private static final int WRITES_A_SECOND = 1000;
    private static final long STORE_TAKES = 5 * MILLISECOND;

    /** The start of a window's epoch. */
    private static final long START = 1_800_000_000_000_000_000L;

    private final Random random;
    private final Pool pool;
    private final Simulation simulation = new Simulation(START);
    private final Items items = new Items();
    private final Map<String, LimitedProvider> providers = new HashMap<>();
    private final List<Dispatcher> instances = new ArrayList<>();
    private final List<Long> waits = new ArrayList<>();

    /** Of the request that a thread belongs to: the time its calls have taken. */
    private final ThreadLocal<Long> underWay = ThreadLocal.withInitial(() -> 0L);

    private final List<Double> openings = new ArrayList<>();
    private double failing;
    private long downFrom = Long.MAX_VALUE;
    private long from;
    private long until;
    private long offered;
    private long served;
    private long declined;

    /** @param burst seconds' worth of its limit that a provider takes at once, and has left at first */
    ScaledFleet(long seed, Pool pool, int size, double burst) {
        this.random = new Random(seed);
        this.pool = pool;
        pool.endpoints().forEach(endpoint -> providers.put(endpoint.name(), new LimitedProvider(endpoint, burst)));
        for (int i = 0; i < size; i++) {
            instances.add(new Dispatcher(
                    pool,
                    items,
                    (request, _) -> {
                        String host = request.uri().getHost();
                        return provider(host.substring(0, host.indexOf('.'))).answer();
                    },
                    new FixedKeys(),
                    simulation,
                    random,
                    event -> {
                        if (event instanceof DispatchEvent.Opened) {
                            openings.add((simulation.now() - START) / (double) SECOND);
                        }
                    }));
        }
    }

    /** Has providers fail a share of the calls, and all that end from a second on. */
    void failing(double share, double allFrom) {
        failing = share;
        downFrom = START + (long) (allFrom * SECOND);
    }

    /** When breakers opened, seconds. */
    List<Double> openings() {
        return openings;
    }

    private LimitedProvider provider(String endpoint) {
        return Objects.requireNonNull(providers.get(endpoint));
    }

    /**
     * Has the items show that there was load before.
     *
     * @param perSecond calls admitted to each endpoint in the last half minute
     * @param ahead how far ahead of the clock the tat of each has come, nanoseconds
     */
    void loaded(double perSecond, long ahead) {
        long epoch = Math.floorDiv(START, Window.LENGTH.toNanos()) - 1;
        WindowSlot slot = Attribute.WINDOW.get((int) Math.floorMod(epoch, 2L));
        for (Endpoint endpoint : pool.endpoints()) {
            items.states.update(
                    endpoint.name(),
                    ConditionalUpdate.builder()
                            .put(slot.epoch(), epoch)
                            .put(slot.admitted(), (long) (perSecond * Window.LENGTH.toSeconds()))
                            .put(Attribute.REQUESTS, START + ahead)
                            .build());
        }
    }

    /**
     * What was found from a second on to the end of the load.
     *
     * @param writes a request, throttled ones left out, as reads
     * @param throttled writes that the items did not take
     * @param declined requests that found no room
     * @param utilisation calls the providers took, of the sum of the limits
     * @param p95Wait what a request takes beside its calls, milliseconds
     */
    record Figures(
            double writes,
            double reads,
            long throttled,
            long refusedByProviders,
            long declined,
            double utilisation,
            double p95Wait) {}

    /** Runs for so many seconds, and counts from {@code begin} on. */
    Figures run(double perSecond, double begin, double end) throws InterruptedException {
        from = START + (long) (begin * SECOND);
        until = START + (long) (end * SECOND);
        for (double second = 0; second < end; second -= Math.log(1 - random.nextDouble()) / perSecond) {
            long moment = START + (long) (second * SECOND);
            int instance = random.nextInt(instances.size());
            simulation.at(moment, () -> request(instance, moment));
        }
        Items counted = new Items();
        simulation.at(from, items::reset);
        simulation.at(until, () -> counted.copy(items));
        simulation.run();
        double limit = pool.endpoints().stream().mapToLong(ScaledFleet::perMinute).sum() / 60.0;
        return new Figures(
                (double) counted.writes / offered,
                (double) counted.reads / offered,
                counted.throttled,
                providers.values().stream().mapToLong(provider -> provider.refused).sum(),
                declined,
                served / (limit * (end - begin)),
                p95(waits) / (double) MILLISECOND);
    }

    private static double p95(List<Long> all) {
        all.sort(null);
        return all.get((int) (0.95 * all.size()));
    }

    private void request(int instance, long came) throws InterruptedException {
        underWay.set(0L);
        DispatchResult result =
                instances.get(instance)
                        .dispatch(SimulatedFleet.REQUEST, Deadline.in(Duration.ofSeconds(60), simulation));
        if (came >= from) {
            offered++;
            declined += result instanceof DispatchResult.Declined ? 1 : 0;
            waits.add(simulation.now() - came - underWay.get());
        }
    }

    private static long perMinute(Endpoint endpoint) {
        return endpoint.limits().of(LimitKind.REQUESTS_PER_MINUTE).orElseThrow();
    }

    /** Items that take their time, and so many writes in a second; a write that is refused for its guards is one too. */
    final class Items implements StateStore {

        private final InMemoryStateStore states = new InMemoryStateStore();
        private final Map<String, Long> inSecond = new HashMap<>();
        private long second;
        private long writes;
        private long reads;
        private long throttled;

        @Override
        public Map<String, EndpointState> read(Collection<String> endpoints) {
            reads++;
            travel();
            return states.read(endpoints);
        }

        @Override
        public UpdateResult update(String endpoint, ConditionalUpdate update) {
            travel();
            if (second != Math.floorDiv(simulation.now(), SECOND)) {
                second = Math.floorDiv(simulation.now(), SECOND);
                inSecond.clear();
            }
            if (inSecond.merge(endpoint, 1L, Long::sum) > WRITES_A_SECOND) {
                throttled++;
                return new UpdateResult.Throttled();
            }
            writes++;
            return states.update(endpoint, update);
        }

        private void travel() {
            try {
                simulation.sleep(STORE_TAKES);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private void reset() {
            copy(new Items());
        }

        private void copy(Items others) {
            writes = others.writes;
            reads = others.reads;
            throttled = others.throttled;
        }
    }

    /** A token bucket, full at first. Answers take 0.5 to 1.5 s. */
    private final class LimitedProvider {

        private final double perSecond;
        private final double most;
        private double tokens;
        private long filled = START;
        private long refused;

        LimitedProvider(Endpoint endpoint, double burst) {
            this.perSecond = perMinute(endpoint) / 60.0;
            this.most = burst * perSecond;
            this.tokens = most;
        }

        Upstream.Result answer() throws InterruptedException {
            long now = simulation.now();
            tokens = Math.min(most, tokens + perSecond * (now - filled) / SECOND);
            filled = now;
            if (tokens < 1) {
                refused++;
                return new Upstream.Reply(
                        429,
                        new Headers(Map.of("retry-after", "1")),
                        """
                        {"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}"""
                                .getBytes(StandardCharsets.UTF_8));
            }
            tokens--;
            served += from <= now && now < until ? 1 : 0;
            long takes = (long) (SECOND * (0.5 + random.nextDouble()));
            underWay.set(underWay.get() + takes);
            boolean fails = random.nextDouble() < failing;
            simulation.sleep(takes);
            return fails || simulation.now() >= downFrom
                    ? ScriptedUpstream.error(500, "server_error", "internal")
                    : ScriptedUpstream.answer();
        }
    }
}
