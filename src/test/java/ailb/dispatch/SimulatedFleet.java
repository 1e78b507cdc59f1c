package ailb.dispatch;

import ailb.pool.Pool;
import ailb.port.Deadline;
import ailb.port.DispatchEvent;
import ailb.port.Upstream;
import ailb.protocol.ChatRequest;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.selection.Candidate;
import ailb.sim.Simulation;
import ailb.state.Assignment;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.InMemoryStateStore;
import ailb.state.StateStore;
import ailb.state.UpdateResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;

/**
 * Instances on one store that takes its time for each answer, and calls that overlap. Usually four instances, 5 ms, and
 * requests that come by chance (a Poisson process).
 */
final class SimulatedFleet {

    static final long SECOND = Duration.ofSeconds(1).toNanos();
    static final long MILLISECOND = Duration.ofMillis(1).toNanos();

    static final ModelRequest REQUEST = ((Parsed.Valid) ChatRequest.parse("""
            {"model":"chat","messages":[{"role":"user","content":"Hi"}]}""".getBytes(StandardCharsets.UTF_8)))
            .request();

    private static final int USUAL_INSTANCES = 4;
    private static final long STORE_USUALLY_TAKES = 5 * MILLISECOND;

    /** The start of a window's epoch. */
    private static final long EPOCH = 1_800_000_000_000_000_000L;

    private final Random random;
    private final Pool pool;
    private final long start;
    private final Simulation simulation;
    private final long storeTakes;
    private final SlowStore store = new SlowStore();
    private final List<Told> told = new ArrayList<>();
    private final List<Dispatcher> instances = new ArrayList<>();
    private long offered;

    SimulatedFleet(long seed, Pool pool, Providers providers) {
        this(seed, pool, USUAL_INSTANCES, STORE_USUALLY_TAKES, providers);
    }

    /** @param storeTakes nanoseconds the store takes for an answer */
    SimulatedFleet(long seed, Pool pool, int size, long storeTakes, Providers providers) {
        this.random = new Random(seed);
        this.pool = pool;
        this.start = EPOCH + (long) (60 * SECOND * random.nextDouble());
        this.simulation = new Simulation(start);
        this.storeTakes = storeTakes;
        for (int i = 0; i < size; i++) {
            instances.add(new Dispatcher(
                    pool,
                    store,
                    (request, timeout) -> {
                        String host = request.uri().getHost();
                        return providers.call(this, host.substring(0, host.indexOf('.')), timeout);
                    },
                    new FixedKeys(),
                    simulation,
                    random,
                    event -> told.add(new Told(elapsed(), event))));
        }
    }

    /** What the providers do with a call: they take their time on the fleet's clock. */
    interface Providers {
        Upstream.Result call(SimulatedFleet fleet, String endpoint, Duration timeout) throws InterruptedException;
    }

    /** @param at nanoseconds since the start */
    record Told(long at, DispatchEvent event) {}

    /** The end of an instance in the middle of a call: nothing of it is ever heard again. */
    static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Nanoseconds since the start. */
    long elapsed() {
        return simulation.now() - start;
    }

    Random random() {
        return random;
    }

    /** The endpoints as they are in the store now, in the pool's order. */
    List<Candidate> candidates() {
        return pool.endpoints()
                .stream()
                .map(endpoint -> new Candidate(endpoint, store.items.state(endpoint.name())))
                .toList();
    }

    /** Nanoseconds since the epoch. */
    long now() {
        return simulation.now();
    }

    /** One sleep on the clock of the simulation. */
    void pass(long nanos) throws InterruptedException {
        simulation.sleep(nanos);
    }

    /** Runs requests at this rate for so long, and tells how each ended and when it came, seconds. */
    void run(double perSecond, long seconds, BiConsumer<Double, DispatchResult> ended) {
        double moment = 0;
        while (moment < seconds) {
            come(moment, random.nextInt(instances.size()), ended);
            moment -= Math.log(1 - random.nextDouble()) / perSecond;
        }
        run();
    }

    /** The same with requests that come at equal distances. */
    void runEvenly(int perSecond, long seconds, BiConsumer<Double, DispatchResult> ended) {
        for (int request = 0; request < perSecond * seconds; request++) {
            come((double) request / perSecond, random.nextInt(instances.size()), ended);
        }
        run();
    }

    /** Has a request come to one instance, once the fleet runs. */
    void come(double second, int instance, BiConsumer<Double, DispatchResult> ended) {
        simulation.at(start + (long) (second * SECOND), () -> {
            offered++;
            Deadline deadline = Deadline.in(Duration.ofSeconds(60), simulation);
            try {
                ended.accept(second, instances.get(instance).dispatch(REQUEST, deadline));
            } catch (Died e) {
                // nobody is left to be told
            }
        });
    }

    /** Runs until nothing is left to happen. */
    void run() {
        simulation.run();
    }

    /** The item of one endpoint. */
    EndpointState state(String endpoint) {
        return store.items.state(endpoint);
    }

    List<Told> told() {
        return told;
    }

    long offered() {
        return offered;
    }

    long admissionWrites() {
        return store.admissionWrites;
    }

    /** Counts the writes that ask for admission, made or refused. */
    private final class SlowStore implements StateStore {

        private final InMemoryStateStore items = new InMemoryStateStore();
        private long admissionWrites;

        @Override
        public Map<String, EndpointState> read(Collection<String> endpoints) {
            travel();
            return items.read(endpoints);
        }

        @Override
        public UpdateResult update(String endpoint, ConditionalUpdate update) {
            if (update.assignments().stream().anyMatch(SimulatedFleet::countsAnAdmission)) {
                admissionWrites++;
            }
            travel();
            return items.update(endpoint, update);
        }

        private void travel() {
            try {
                simulation.sleep(storeTakes);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static boolean countsAnAdmission(Assignment assignment) {
        return !(assignment instanceof Assignment.Remove)
                && Attribute.WINDOW.stream().anyMatch(slot -> slot.admitted().equals(assignment.attribute()));
    }
}
