package ailb.bench;

import ailb.admission.Admission;
import ailb.admission.Demand;
import ailb.admission.Observation;
import ailb.pool.Endpoint;
import ailb.pool.Provider;
import ailb.selection.Candidate;
import ailb.selection.CostRule;
import ailb.selection.Selection;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import ailb.stats.KnownP95;
import ailb.stats.Latency;
import ailb.stats.Window;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The two decisions of every request: which endpoint, and the write that admits the call there. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecisionBenchmark {

    private static final long NOW = 1_800_000_010_000_000_000L;

    @Param({"3", "30", "1000"}) public int endpoints;

    private final Selection selection = new Selection(true);
    private final RandomGenerator random = new SplittableRandom(1);
    private final List<Demand> demand = List.of(new Demand(300, 200));
    private List<Candidate> candidates = List.of();
    private Admission admission = new Admission(one().limits(), 1);
    private Observation seen = new Observation(EndpointState.EMPTY, 0, 0);

    @Setup
    public void setUp() {
        SplittableRandom used = new SplittableRandom(2);
        candidates = Pools.endpoints(endpoints, Provider.OPENAI, URI.create("https://provider.example/v1"))
                .stream()
                .map(endpoint -> new Candidate(endpoint, busy(used)))
                .toList();
        admission = new Admission(candidates.getFirst().endpoint().limits(), 1);
        seen = new Observation(candidates.getFirst().state(), 100_000_000, 10);
    }

    private static Endpoint one() {
        return Pools.endpoints(1, Provider.OPENAI, URI.create("https://provider.example/v1")).getFirst();
    }

    /** An item as a busy endpoint's is: both limits in use, a window with answers. */
    private EndpointState busy(SplittableRandom used) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        long answers = used.nextLong(20, 1000);
        Window.of(EndpointState.EMPTY, NOW)
                .count(
                        update,
                        Map.of(
                                WindowSlot::admitted, answers,
                                WindowSlot::admittedInput, 300 * answers,
                                WindowSlot::admittedOutput, 200 * answers,
                                WindowSlot::successes, answers,
                                Latency.bucket(used.nextDouble(2e8, 4e9)), answers));
        new Admission(one().limits(), 1)
                .take(update, new Observation(EndpointState.EMPTY, 0, 0), demand, NOW, NOW);
        KnownP95.keep(update, update.build().applyTo(EndpointState.EMPTY), NOW);
        return update.build().applyTo(EndpointState.EMPTY);
    }

    @Benchmark
    public Candidate choose() {
        return selection.choose(candidates, CostRule.NONE, NOW, random);
    }

    @Benchmark
    public ConditionalUpdate planAdmission() {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        admission.take(update, seen, demand, NOW, NOW);
        return update.build();
    }
}
