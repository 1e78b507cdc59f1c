package ailb.dispatch.permit;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.admission.Demand;
import ailb.aws.DynamoStateStore;
import ailb.aws.LocalDynamo;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.EndpointBuilder;
import ailb.pool.LimitKind;
import ailb.pool.LimitsBuilder;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Settings;
import ailb.pool.TokenAccounting;
import ailb.port.DispatchEvent;
import ailb.port.SteppedTime;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import ailb.state.StateStore;
import ailb.state.WindowSlot;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Eight instances of 32 threads each that all want the same endpoint at the same instant, again and again: real gates
 * on a real table. The clock stands still while they contend and then jumps, so that every moment granted is exact.
 */
@Timeout(60)
@ResourceLock(LocalDynamo.LOCK)
class AdmissionUnderContentionTest {

    private static final int INSTANCES = 8;
    private static final int THREADS = 32;
    private static final Duration LEASE = Duration.ofSeconds(35);

    /** The beginning of a window epoch: the counts of two epochs, a minute, are kept. */
    private static final long START = 1_795_000_020_000_000_000L;

    private static final long LONG_WAIT = Duration.ofSeconds(5).toNanos();
    private static final long SHORT_WAIT = Duration.ofMillis(250).toNanos();

    /**
     * One instant at which many ask.
     *
     * @param millis since the one before: too short to make room for all, or longer than any queue
     * @param threads of each instance
     */
    private record Round(long millis, int threads) {}

    /** The last one finds what the few before it know outdated, and some credit that nobody has used. */
    private static final List<Round> ROUNDS = List.of(
            new Round(0, THREADS),
            new Round(1, THREADS),
            new Round(7, THREADS),
            new Round(300, THREADS),
            new Round(2000, THREADS),
            new Round(9000, THREADS),
            new Round(700, THREADS),
            new Round(20000, 1),
            new Round(600, THREADS));

    private final List<DispatchEvent> trouble = new ArrayList<>();
    private final String name = "contended-" + UUID.randomUUID();
    private final StateStore store = new DynamoStateStore(LocalDynamo.client(), LocalDynamo.TABLE);
    private final SteppedTime time = SteppedTime.withoutSleep(START);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        executor.close();
    }

    private record Granted(long tat, long slot, long asked, long maxWait) {

        /** When the call starts. */
        long start() {
            return Math.max(slot, asked);
        }
    }

    /** Interval, depth and slack worked out by hand from the definitions of the paces. */
    static Stream<Arguments> paces() {
        return Stream.of(
                // 6,000 a minute x 0.95 = 95 a second; burst 1; slack depth / 4
                Arguments.of(Pacing.EVEN, 6000L, 1e9 / 95, 1e9 / 95, 1e9 / 95 / 4),
                // 6,000 a minute x 0.97 = 97 a second; burst a second's 100; slack 200 ms
                Arguments.of(Pacing.SMOOTH, 6000L, 1e9 / 97, 100e9 / 97, 0.2e9),
                // 600 a minute = 10 a second; burst 600; slack 200 ms
                Arguments.of(Pacing.BUCKET, 600L, 0.1e9, 60e9, 0.2e9));
    }

    @ParameterizedTest
    @MethodSource("paces")
    void noInterleavingGrantsMoreThanTheLimit(
            Pacing pacing, long perMinute, double interval, double depth, double slack) throws Exception {
        List<Granted> granted = contend(endpoint(pacing, perMinute));

        granted.sort(Comparator.comparingLong(Granted::tat));
        assertThat(trouble).as("no write without an outcome").isEmpty();
        assertThat(granted.size()).as("contention was real, and not all were refused").isBetween(700, 2000);
        assertThat(granted).allMatch(permit -> permit.slot() <= permit.asked() + permit.maxWait());
        assertThatStartsKeepTo(granted, interval, depth, slack);
        assertThatEveryPermitMovedTheTatOnce(granted, interval, depth);
        assertThatTheItemCounts(granted);
    }

    /** In no period do more calls start than (length + depth + slack) / interval. */
    private static void assertThatStartsKeepTo(
            List<Granted> granted, double interval, double depth, double slack) {
        List<Long> starts = granted.stream().map(Granted::start).sorted().toList();
        for (int first = 0; first < starts.size(); first++) {
            for (int last = first; last < starts.size(); last++) {
                double most = (starts.get(last) - starts.get(first) + depth + slack) / interval;
                if (last - first + 1 > most + 1e-3) {
                    assertThat(last - first + 1)
                            .as("calls from %d to %d", starts.get(first), starts.get(last))
                            .isLessThanOrEqualTo((int) most);
                }
            }
        }
    }

    /** Each has added its cost to what the one before left, or begun anew at its own instant; none came twice. */
    private static void assertThatEveryPermitMovedTheTatOnce(List<Granted> granted, double interval, double depth) {
        long before = 0;
        for (Granted permit : granted) {
            assertThat(List.of(permit.tat() - before, permit.tat() - permit.asked()))
                    .as("an interval from %d or %d to %d", before, permit.asked(), permit.tat())
                    .anyMatch(moved -> isAbout(moved, interval));
            assertThat(permit.tat() - before).as("no two have the same slot").isGreaterThanOrEqualTo((long) interval);
            assertThat(isAbout(permit.tat() - permit.slot(), depth)).as("slot of %s", permit).isTrue();
            before = permit.tat();
        }
    }

    /** But for rounding to whole nanoseconds. */
    private static boolean isAbout(long nanos, double expected) {
        return Math.abs(nanos - expected) <= 1;
    }

    private void assertThatTheItemCounts(List<Granted> granted) {
        EndpointState item = store.read(List.of(name)).get(name);
        long counted = Attribute.WINDOW.stream().map(WindowSlot::admitted).mapToLong(item::get).sum();
        assertThat(counted).isEqualTo(granted.size());
        assertThat(item.get(Attribute.REQUESTS)).isEqualTo(granted.getLast().tat());
    }

    private List<Granted> contend(Endpoint endpoint) throws Exception {
        Pool pool = new Pool(List.of(endpoint), Settings.DEFAULT);
        List<Instance> instances = Stream.generate(() -> new Instance(pool, endpoint)).limit(INSTANCES).toList();
        List<Granted> granted = new ArrayList<>();
        for (Round round : ROUNDS) {
            time.pass(Duration.ofMillis(round.millis()));
            long now = time.now();
            List<Future<Optional<Granted>>> entries = new ArrayList<>();
            for (int thread = 0; thread < round.threads(); thread++) {
                long maxWait = thread % 4 == 0 ? SHORT_WAIT : LONG_WAIT;
                instances.forEach(instance -> entries.add(executor.submit(() -> instance.enter(now, maxWait))));
            }
            for (Future<Optional<Granted>> entry : entries) {
                entry.get().ifPresent(granted::add);
            }
        }
        return granted;
    }

    private final class Instance {

        private final Endpoint endpoint;
        private final PoolView view;
        private final PermitIssuer issuer;

        Instance(Pool pool, Endpoint endpoint) {
            this.endpoint = endpoint;
            this.view = new PoolView(pool, store, time, this::note);
            this.issuer = new PermitIssuer(pool, store, view, time, this::note);
        }

        Optional<Granted> enter(long now, long maxWait) {
            view.refresh();
            return issuer.admit(
                    new AdmissionRequest(endpoint, new Demand(10, 20), Priority.INTERACTIVE, Breaker.Access.NORMAL,
                            maxWait, LEASE)) instanceof AdmissionResult.Granted(List<Permit> permits, _)
                                    ? Optional.of(new Granted(
                                            permits.getFirst().admitted().get(Attribute.REQUESTS),
                                            permits.getFirst().slot(),
                                            now,
                                            maxWait))
                                    : Optional.empty();
        }

        private void note(DispatchEvent event) {
            if (event instanceof DispatchEvent.StoreTrouble) {
                synchronized (trouble) {
                    trouble.add(event);
                }
            }
        }
    }

    private Endpoint endpoint(Pacing pacing, long perMinute) {
        return new EndpointBuilder(name)
                .baseUrl(URI.create("http://localhost"))
                .limits(new LimitsBuilder(pacing, Map.of(LimitKind.REQUESTS_PER_MINUTE, perMinute))
                        .tokenAccounting(TokenAccounting.MAX)
                        .dayReset(null)
                        .build())
                .price(null)
                .build();
    }
}
