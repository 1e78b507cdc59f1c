package ailb.batch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.dispatch.DispatchResult;
import ailb.dispatch.Dispatcher;
import ailb.dispatch.ScriptedUpstream;
import ailb.pool.Endpoint;
import ailb.pool.EndpointBuilder;
import ailb.pool.LimitKind;
import ailb.pool.LimitsBuilder;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.port.Deadline;
import ailb.port.DispatchEvent;
import ailb.port.Upstream;
import ailb.protocol.ChatRequest;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import ailb.protocol.wire.Headers;
import ailb.settings.PoolFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A batch over the sample pool with its limits scaled up, whose providers keep a token bucket each, as deep as the limit a
 * minute and full at first. One of them fails for 10 s of every 30.
 */
class BatchBehaviourTest {

    private static final int SEEDS = Math.min(20, Integer.getInteger("seeds", 3));
    private static final String FAILING = "openai-secondary";
    private static final long PERIOD = 30 * SimulatedBatches.SECOND;
    private static final long STEP = SimulatedBatches.MILLISECOND;

    /**
     * Of what the limits allow 90 % on the mean, and hardly less on any seed: one of the first 20 has 88.9 %.
     *
     * @param scale of the limits
     * @param k what a lease can be of at the most at OpenAI's endpoints: 0.8 of a second's calls and those of the 250 ms
     *     ahead, and 10 by the settings
     */
    @ParameterizedTest
    @CsvSource({"1000, 2, 10", "10000, 10, 10"})
    void aBatchUsesTheLimitsAndKeepsThem(int lines, int scale, int k) {
        System.out.printf("%nbatch of %d lines, sample pool's limits x %d, one of three fails for 10 s of every 30%n"
                + "seed  wall s  by limits s  share  calls  failed  refused  leases  of  admissions/line  writes/line  reads/line%n",
                lines, scale);
        long seeds = Math.max(1, SEEDS * 1000L / lines);
        List<Double> shares = new ArrayList<>();
        for (long seed = 1; seed <= seeds; seed++) {
            Pool pool = pool(scale);
            Providers providers = new Providers(pool);
            SimulatedBatches batches = new SimulatedBatches(seed, pool, providers::answer)
                    .workers(10, 100)
                    .submit("b", lines)
                    .run();

            assertThat(batches.offences).isEmpty();
            assertThat(batches.queue.messages.deadLetters()).isEmpty();
            assertThat(batches.batchAtLast("b").counts()).isEqualTo(new Counts(lines, 0, 0));
            assertThat(batches.results("b")).extracting(LineResult::line)
                    .containsExactlyElementsOf(IntStream.range(0, lines).boxed().toList());
            Figures figures = new Figures(batches, providers, pool, lines);
            figures.print(seed);
            assertThat(providers.refused).isLessThanOrEqualTo(providers.calls / 1000);
            assertThat(figures.share()).isGreaterThanOrEqualTo(0.88);
            shares.add(figures.share());
            assertThat(figures.admissionsALine()).isLessThanOrEqualTo(1.0 / k + 0.1);
            assertThat(figures.writesALine()).isLessThanOrEqualTo(2.0 / k + 0.1);
        }
        double mean = shares.stream().mapToDouble(share -> share).average().orElseThrow();
        System.out.printf("mean share %.1f%%%n", 100 * mean);
        assertThat(mean).isGreaterThanOrEqualTo(0.9);
    }

    @Test
    void interactiveCallsHardlyWaitForABatch() {
        double[] alone = waits(0);
        double[] beside = waits(1500);
        double added = p95(beside) - p95(alone);
        System.out.printf(
                "%n%d interactive calls, 2 a second: p95 of what they wait %.0f ms alone, %.0f ms beside a batch, that is"
                        + " %.0f ms added (at most %.0f)%n",
                beside.length, p95(alone), p95(beside), added, 250 + interval());
        assertThat(added).isLessThan(250 + interval());
    }

    /** The longest time from one call to the next at an endpoint of the pool, milliseconds. */
    private static double interval() {
        return 60_000 / (0.97 * 300);
    }

    /** What interactive calls wait, other than for the provider, milliseconds. */
    private static double[] waits(int lines) {
        Pool pool = pool(1);
        Providers providers = new Providers(pool);
        providers.failing = false;
        SimulatedBatches batches = new SimulatedBatches(1, pool, providers::answer).workers(10, 100);
        if (lines > 0) {
            batches.submit("b", lines);
        }
        Dispatcher instance = batches.instance();
        List<Double> waits = new ArrayList<>();
        double moment = 5;
        while (moment < 55) {
            batches.at(Duration.ofNanos((long) (moment * 1e9)), () -> {
                long before = batches.time.now();
                DispatchResult result =
                        instance.dispatch(request(), Deadline.in(Duration.ofSeconds(28), batches.time));
                assertThat(result).isInstanceOf(DispatchResult.Answered.class);
                waits.add((batches.time.now() - before) / 1e6);
            });
            moment -= Math.log(1 - batches.random.nextDouble()) / 2;
        }
        batches.run();
        return waits.stream().mapToDouble(wait -> wait - 1000).sorted().toArray();
    }

    private static double p95(double[] sorted) {
        return sorted[(int) Math.ceil(0.95 * sorted.length) - 1];
    }

    private static ModelRequest request() {
        byte[] body = "{\"model\":\"chat\",\"max_tokens\":64,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"
                .getBytes(StandardCharsets.UTF_8);
        return ((Parsed.Valid) ChatRequest.parse(body)).request();
    }

    private static Pool pool(int scale) {
        try {
            Pool sample = PoolFile.parse(Files.readAllBytes(Path.of("src", "main", "resources", "pool.json")));
            return new Pool(
                    sample.endpoints().stream().map(endpoint -> scaled(endpoint, scale)).toList(), sample.settings());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Endpoint scaled(Endpoint is, int scale) {
        Map<LimitKind, Long> amounts = is.limits()
                .amounts()
                .entrySet()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, limit -> limit.getValue() * scale));
        return EndpointBuilder.like(is)
                .baseUrl(URI.create("https://" + is.name() + ".example/v1"))
                .limits(LimitsBuilder.like(is.limits()).amounts(amounts).build())
                .build();
    }

    private static boolean fails(long at) {
        long of = at % PERIOD;
        return of >= PERIOD / 3 && of < 2 * PERIOD / 3;
    }

    /** What comes of a simulation. */
    private record Figures(
            SimulatedBatches batches, Providers providers, Pool pool, int lines, double wall, double allowed) {

        Figures(SimulatedBatches batches, Providers providers, Pool pool, int lines) {
            this(batches, providers, pool, lines, providers.last / 1e9, allowed(batches, pool, lines));
        }

        /** The time that the limits allow, and an answer's time for the last. */
        double share() {
            return allowed / wall;
        }

        double admissionsALine() {
            return (double) batches.state.admissions / lines;
        }

        double writesALine() {
            return (double) (batches.state.admissions + batches.state.others) / lines;
        }

        void print(long seed) {
            long permits = batches.told.stream().filter(told -> told.event() instanceof DispatchEvent.Admitted).count();
            System.out.printf(
                    "%4d  %6.2f  %11.2f  %4.1f%%  %5d  %6d  %7d  %6d  %2.1f  %15.3f  %11.3f  %10.3f%n",
                    seed, wall, allowed, 100 * share(), providers.calls, providers.failed, providers.refused,
                    batches.state.admissions, (double) permits / batches.state.admissions, admissionsALine(),
                    writesALine(), (double) batches.state.reads / lines);
        }

        /** When the endpoints that are not out have taken so many calls, and answered: 1 s for the last, as most do. */
        private static double allowed(SimulatedBatches batches, Pool pool, int lines) {
            Map<String, Double> taken = new HashMap<>();
            pool.endpoints().forEach(endpoint -> taken.put(endpoint.name(), burst(endpoint)));
            List<String> out = new ArrayList<>();
            int told = 0;
            long at = 0;
            while (taken.values().stream().mapToDouble(amount -> amount).sum() < lines) {
                at += STEP;
                while (told < batches.told.size() && batches.told.get(told).at() <= at) {
                    DispatchEvent event = batches.told.get(told++).event();
                    if (event instanceof DispatchEvent.Opened) {
                        out.add(event.endpoint());
                    } else if (event instanceof DispatchEvent.Closed) {
                        out.removeIf(name -> name.equals(event.endpoint()));
                    }
                }
                for (Endpoint endpoint : pool.endpoints()) {
                    if (!out.contains(endpoint.name()) && !(endpoint.name().equals(FAILING) && fails(at))) {
                        taken.merge(endpoint.name(), rate(endpoint) * STEP / 1e9, Double::sum);
                    }
                }
            }
            return at / 1e9 + 1;
        }

        private static double rate(Endpoint endpoint) {
            return endpoint.limits().pacing().requestMargin() * requests(endpoint) / 60;
        }

        /** Batches take 0.8 of a burst. */
        private static double burst(Endpoint endpoint) {
            return 0.8 * endpoint.limits().pacing().requestBurst(requests(endpoint));
        }
    }

    private static long requests(Endpoint endpoint) {
        return endpoint.limits().of(LimitKind.REQUESTS_PER_MINUTE).orElseThrow();
    }

    /** Token buckets that know nothing of the balancer's. */
    private static final class Providers {

        private final Map<String, Double> tokens = new HashMap<>();
        private final Map<String, Long> filled = new HashMap<>();
        private final Pool pool;
        private boolean failing = true;
        private int calls;
        private int failed;
        private int refused;
        private long last;

        Providers(Pool pool) {
            this.pool = pool;
        }

        Upstream.Result answer(SimulatedBatches batches, SimulatedBatches.Call call) throws InterruptedException {
            Endpoint endpoint = pool.endpoints()
                    .stream()
                    .filter(one -> one.name().equals(call.endpoint()))
                    .findFirst()
                    .orElseThrow();
            double limit = requests(endpoint);
            double refill = (call.at() - filled.getOrDefault(endpoint.name(), 0L)) * limit / 60e9;
            double left = Math.min(limit, tokens.getOrDefault(endpoint.name(), limit) + refill);
            filled.put(endpoint.name(), call.at());
            calls++;
            if (left < 1) {
                refused++;
                tokens.put(endpoint.name(), left);
                return ScriptedUpstream.rateLimited("1");
            }
            tokens.put(endpoint.name(), left - 1);
            if (failing && endpoint.name().equals(FAILING) && fails(call.at())) {
                failed++;
                batches.time.sleep(SimulatedBatches.SECOND / 5);
                return ScriptedUpstream.error(500, "server_error", "");
            }
            boolean alone = call.line().isEmpty();
            batches.time.sleep(alone
                    ? SimulatedBatches.SECOND
                    : (long) (SimulatedBatches.SECOND * (0.5 + batches.random.nextDouble())));
            last = batches.elapsed();
            return endpoint.provider() == Provider.OPENAI ? ScriptedUpstream.answer() : anthropic();
        }

        private static Upstream.Result anthropic() {
            return new Upstream.Reply(
                    200,
                    new Headers(Map.of("content-type", "application/json")),
                    """
                    {"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text",\
                    "text":"Hello"}],"stop_reason":"end_turn","usage":{"input_tokens":10,"output_tokens":5}}"""
                            .getBytes(StandardCharsets.UTF_8));
        }
    }
}
