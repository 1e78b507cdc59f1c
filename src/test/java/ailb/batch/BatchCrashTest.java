package ailb.batch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.dispatch.ScriptedUpstream;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.port.Upstream;
import ailb.sim.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Workers die in the middle, every message comes twice and in any order, and endpoints fail: each line has one outcome. */
class BatchCrashTest {

    private static final int SEEDS = Integer.getInteger("seeds", 1000);
    private static final int LINES = 20;
    private static final int FEW = 8;

    private static final Pool POOL = Endpoints.pool(
            Endpoints.openAi("a", Endpoints.requests(Pacing.BUCKET, 60)),
            Endpoints.openAi("b", Endpoints.requests(Pacing.SMOOTH, 600)),
            Endpoints.openAi("c", Endpoints.requests(Pacing.EVEN, 300)));

    @Test
    void everyLineHasOneOutcomeWhateverDies() {
        long awaits = 0;
        long invocations = 0;
        long died = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Random deaths = new Random(-seed);
            // Two at most: a line on which three workers died is given up.
            Set<Integer> dying = Set.copyOf(List.of(deaths.nextInt(8), deaths.nextInt(8)));
            SimulatedBatches batches = batches(seed, LINES)
                    .killing(invocation -> dying.contains(invocation) ? 1 + deaths.nextInt(120) : Long.MAX_VALUE)
                    .run();
            check(batches, LINES, "seed " + seed);
            awaits += batches.invocations.stream().mapToLong(Simulation.Life::awaits).sum();
            invocations += batches.invocations.size();
            died += batches.deaths();
        }
        System.out.printf(
                "batches that die: %d seeds, %d invocations, %d of which died, %d awaits; every line has one outcome%n",
                SEEDS, invocations, died, awaits);
    }

    @Test
    void thereIsNoAwaitAtWhichDyingLosesALine() {
        List<Simulation.Life> course = batches(7, FEW).run().invocations;
        long awaits = 0;
        for (int i = 0; i < course.size(); i++) {
            int invocation = i;
            for (long await = 1; await <= course.get(i).awaits(); await++) {
                long last = await;
                SimulatedBatches batches =
                        batches(7, FEW).killing(number -> number == invocation ? last : Long.MAX_VALUE).run();
                check(batches, FEW, "invocation " + i + " dying at await " + await);
                assertThat(batches.deaths()).isEqualTo(1);
                awaits++;
            }
        }
        System.out.printf(
                "batches that die: at each of %d awaits of %d invocations; nothing is lost%n", awaits, course.size());
    }

    private static SimulatedBatches batches(long seed, int lines) {
        return new SimulatedBatches(seed, POOL, BatchCrashTest::answer)
                .workers(3, 10)
                .deliveringTwice()
                .lookingEvery(Duration.ofMinutes(5))
                .submit("b", lines);
    }

    private static Upstream.Result answer(SimulatedBatches batches, SimulatedBatches.Call call)
            throws InterruptedException {
        batches.time.sleep((long) (SimulatedBatches.SECOND * 3 * batches.random.nextDouble()));
        double lot = batches.random.nextDouble();
        if (lot < 0.1) {
            return ScriptedUpstream.error(500, "server_error", "");
        }
        if (lot < 0.15) {
            return ScriptedUpstream.failed(FailureClass.TRANSPORT);
        }
        return lot < 0.2 ? ScriptedUpstream.rateLimited("2") : ScriptedUpstream.answer();
    }

    private static void check(SimulatedBatches batches, int lines, String course) {
        assertThat(batches.offences).as(course).isEmpty();
        assertThat(batches.queue.messages.size()).as(course).isZero();
        assertThat(batches.queue.messages.deadLetters()).as(course).isEmpty();
        assertThat(batches.results("b")).as(course)
                .extracting(LineResult::line)
                .containsExactlyElementsOf(IntStream.range(0, lines).boxed().toList());
        Batch batch = batches.batchAtLast("b");
        assertThat(batch.status()).as(course).isEqualTo(BatchStatus.COMPLETED);
        assertThat(batch.counts()).as(course).isEqualTo(new Counts(lines, 0, 0));
    }

}
