package ailb.batch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.dispatch.FixedKeys;
import ailb.dispatch.ScriptedUpstream;
import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.LimitKind;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.port.ApiKeys;
import ailb.port.DispatchEvent;
import ailb.port.Upstream;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Waiting is no failure, however long it lasts: nothing is lost and nothing given up. */
class BatchWaitingTest {

    private static final Endpoint A = Endpoints.openAi("a", Endpoints.requests(Pacing.BUCKET, 600));
    private static final Pool ONE = Endpoints.pool(A);
    private static final long HOUR = Duration.ofHours(1).toNanos();

    private static Upstream.Result answer(SimulatedBatches batches) throws InterruptedException {
        batches.time.sleep(SimulatedBatches.SECOND);
        return ScriptedUpstream.answer();
    }

    private static SimulatedBatches.Providers untilAnHour(Upstream.Result before) {
        return (batches, call) -> call.at() < HOUR ? before : answer(batches);
    }

    private static SimulatedBatches simulated(Pool pool, SimulatedBatches.Providers providers) {
        return new SimulatedBatches(1, pool, providers).workers(2, 10).lookingEvery(Duration.ofMinutes(1));
    }

    private static void allAnswered(SimulatedBatches batches, int lines) {
        assertThat(batches.offences).isEmpty();
        assertThat(batches.queue.messages.size()).isZero();
        assertThat(batches.queue.messages.deadLetters()).isEmpty();
        assertThat(batches.batchAtLast("b").counts()).isEqualTo(new Counts(lines, 0, 0));
        assertThat(batches.batchAtLast("b").status()).isEqualTo(BatchStatus.COMPLETED);
    }

    @Test
    void aPoolThatRefusesForAnHourLosesNothing() {
        SimulatedBatches batches = simulated(ONE, untilAnHour(ScriptedUpstream.rateLimited("3600")))
                .submit("b", 30)
                .run();

        allAnswered(batches, 30);
        assertThat(batches.queue.delays).as("delays of copies").anyMatch(delay -> delay.toMinutes() >= 2);
        // An hour in pieces of 15 minutes, for each of the lines, with some to spare.
        assertThat(batches.invocations.size()).isLessThan(30 * 8);
        assertThat(batches.elapsed()).isBetween(HOUR, HOUR + Duration.ofMinutes(20).toNanos());
    }

    @Test
    void aLineAloneIsNotGivenUpForBeingRefusedAgainAndAgain() {
        SimulatedBatches batches = simulated(ONE, untilAnHour(ScriptedUpstream.rateLimited("60")))
                .submit("b", 1)
                .run();

        allAnswered(batches, 1);
    }

    @Test
    void whatADaysLimitLeavesOverIsDoneOnTheNextDays() {
        Pool pool = Endpoints.pool(Endpoints.openAi(
                "a",
                Endpoints.limits(
                        Pacing.BUCKET,
                        Map.of(LimitKind.REQUESTS_PER_MINUTE, 600L, LimitKind.REQUESTS_PER_DAY, 5L))));

        SimulatedBatches batches = simulated(pool, (simulated, _) -> answer(simulated))
                .submit("b", 12)
                .run();

        allAnswered(batches, 12);
        // It starts at 8:00 UTC: 5 at once, 5 after 16 hours, and 2 after 40 hours.
        assertThat(batches.elapsed()).isBetween(40 * HOUR, 41 * HOUR);
        assertThat(batches.queue.delays).allMatch(delay -> delay.toMinutes() <= 15);
        assertThat(batches.calls).filteredOn(call -> call.at() < HOUR).as("used on the first day").hasSize(5);
    }

    @Test
    void aRevokedKeyIsWaitedFor() {
        SimulatedBatches batches =
                simulated(ONE, untilAnHour(ScriptedUpstream.error(401, "invalid_request_error", "invalid_api_key")))
                        .submit("b", 1)
                        .run();

        allAnswered(batches, 1);
    }

    @Test
    void aMissingKeyIsWaitedFor() {
        FixedKeys keys = new FixedKeys().known(A.apiKey(), new ApiKeys.Missing("put it there"));
        SimulatedBatches batches = simulated(ONE, (simulated, _) -> answer(simulated))
                .keys(keys)
                .submit("b", 12)
                .at(Duration.ofMinutes(10), () -> keys.known(A.apiKey(), new ApiKeys.ApiKey("found")))
                .run();

        allAnswered(batches, 12);
        assertThat(batches.elapsed()).isLessThan(Duration.ofMinutes(15).toNanos());
    }

    @Test
    void withoutTheStateStoreBatchesHandBackAndGoOnWhenItIsThereAgain() {
        SimulatedBatches batches = simulated(ONE, (simulated, _) -> answer(simulated)).submit("b", 12);
        batches.state.down = true;
        batches.at(Duration.ofMinutes(10), () -> batches.state.down = false).run();

        allAnswered(batches, 12);
        assertThat(batches.calls).noneMatch(call -> call.at() < Duration.ofMinutes(10).toNanos());
        assertThat(batches.elapsed()).isLessThan(Duration.ofMinutes(13).toNanos());
    }

    @Test
    void withoutTheStoreOfBatchesNothingIsLost() {
        SimulatedBatches batches = simulated(ONE, (simulated, _) -> answer(simulated)).submit("b", 40);
        batches.at(Duration.ofMillis(1500), () -> batches.store.down = true)
                .at(Duration.ofMinutes(10), () -> batches.store.down = false)
                .run();

        allAnswered(batches, 40);
    }

    /** Or the invocation would not end in time: each of its lines would wait for the store anew. */
    @Test
    void aStoreThatIsSilentForLongIsNotAskedOfEachLineAnew() {
        SimulatedBatches batches = simulated(ONE, (simulated, _) -> answer(simulated)).workers(1, 100).submit("b", 100);
        batches.store.silence = Duration.ofSeconds(10);
        batches.at(Duration.ofMillis(1500), () -> batches.store.down = true)
                .at(Duration.ofMinutes(10), () -> batches.store.down = false)
                .run();

        allAnswered(batches, 100);
    }

    @Test
    void claimsWhoseAnswersAreLostAreNoDeathsOfWorkers() {
        SimulatedBatches batches = simulated(ONE, (simulated, _) -> answer(simulated)).submit("b", 12);
        batches.store.claimsUnheard = true;
        batches.at(Duration.ofMinutes(20), () -> batches.store.claimsUnheard = false).run();

        allAnswered(batches, 12);
        assertThat(batches.elapsed()).isLessThan(Duration.ofMinutes(22).toNanos());
    }

    @Test
    void withoutTheQueueNothingIsLost() {
        SimulatedBatches batches = simulated(ONE, untilAnHour(ScriptedUpstream.rateLimited("20"))).submit("b", 40);
        batches.at(Duration.ofMillis(1500), () -> batches.queue.down = true)
                .at(Duration.ofMinutes(100), () -> batches.queue.down = false)
                .run();

        allAnswered(batches, 40);
    }

    @Test
    void anInvocationEndsInTimeThoughAnEndpointComesBackSoon() {
        // Three failures take the endpoint out for 60 s; the other message comes when 14 of them are left.
        SimulatedBatches batches = simulated(ONE, (simulated, call) -> call.at() < SimulatedBatches.SECOND
                ? ScriptedUpstream.error(500, "server_error", "")
                : answer(simulated))
                .lasting(Duration.ofSeconds(10))
                .lookingEvery(Duration.ofSeconds(1))
                .submit("b", 5);
        String late = "{\"id\":\"late\",\"body\":" + SimulatedBatches.body("late", 0) + "}";
        batches.at(Duration.ofSeconds(46), () -> batches.send(late)).run();

        allAnswered(batches, 5);
        assertThat(batches.batchAtLast("queue-late").counts()).isEqualTo(new Counts(1, 0, 0));
    }

    /** Interactive calls try an endpoint early while there is no other. A line can wait: nothing is lost by that. */
    @Test
    void noLineTriesAnEndpointBeforeItsTimeOutIsOver() {
        SimulatedBatches batches = simulated(ONE, (simulated, call) -> call.at() < SimulatedBatches.SECOND
                ? ScriptedUpstream.error(500, "server_error", "")
                : answer(simulated))
                .submit("b", 10)
                .run();

        allAnswered(batches, 10);
        long opened = batches.told.stream()
                .filter(told -> told.event() instanceof DispatchEvent.Opened)
                .findFirst()
                .orElseThrow()
                .at();
        assertThat(batches.calls).extracting(SimulatedBatches.Call::at)
                .filteredOn(at -> at > opened)
                .isNotEmpty()
                .allMatch(at -> at >= opened + 60 * SimulatedBatches.SECOND - Duration.ofMillis(20).toNanos());
    }

    /** One a second, and 10 s: the last of an invocation find that there is no time left to call them. */
    @Test
    void whatAnInvocationHasNoTimeForIsTakenUpAgainAtOnce() {
        Pool oneASecond = Endpoints.pool(Endpoints.openAi("a", Endpoints.requests(Pacing.EVEN, 60)));
        SimulatedBatches batches = new SimulatedBatches(1, oneASecond, (simulated, _) -> answer(simulated))
                .workers(1, 20)
                .lasting(Duration.ofSeconds(10))
                .submit("b", 20)
                .run();

        allAnswered(batches, 20);
        assertThat(batches.invocations).as("one that expands, and those for 8 or 9 lines each").hasSize(4);
        assertThat(batches.elapsed()).isLessThan(30 * SimulatedBatches.SECOND);
    }
}
