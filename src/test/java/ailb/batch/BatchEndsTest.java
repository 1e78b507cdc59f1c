package ailb.batch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.dispatch.ScriptedUpstream;
import ailb.pool.EndpointBuilder;
import ailb.pool.Endpoints;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Settings;
import ailb.pool.SettingsBuilder;
import ailb.port.ApiKeys;
import ailb.port.Upstream;
import ailb.protocol.Bombs;
import ailb.protocol.wire.RequestKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How lines end that are not simply answered, and what becomes of messages that are no lines. */
class BatchEndsTest {

    private static final Pool POOL = Endpoints.pool(
            Endpoints.openAi("a", Endpoints.requests(Pacing.BUCKET, 600)),
            Endpoints.openAi("b", Endpoints.requests(Pacing.BUCKET, 600)));

    private static Upstream.Result answer(SimulatedBatches batches) throws InterruptedException {
        batches.time.sleep(SimulatedBatches.SECOND / 2);
        return ScriptedUpstream.answer();
    }

    private static SimulatedBatches simulated(SimulatedBatches.Providers providers) {
        return new SimulatedBatches(1, POOL, providers).workers(2, 10).lookingEvery(Duration.ofMinutes(1));
    }

    private static SimulatedBatches simulated() {
        return simulated((batches, _) -> answer(batches));
    }

    @Test
    void aLineThatKillsItsWorkersIsGivenUpAfterThree() {
        SimulatedBatches batches = simulated((simulated, call) -> {
            if (call.line().equals("b/3")) {
                simulated.time.sleep(SimulatedBatches.SECOND);
                simulated.time.die();
            }
            return answer(simulated);
        })
                .submit("b", 30)
                .run();

        assertThat(batches.deaths()).isEqualTo(3);
        onlyTheFourthFailed(batches, "worker_lost");
    }

    /** Those under way beside it when its worker dies are called before it from then on, and it alone. */
    @Test
    void aLineThatKillsItsWorkersTakesNoOthersWithIt() {
        SimulatedBatches batches = simulated((simulated, call) -> {
            if (call.line().equals("b/3")) {
                simulated.time.sleep(SimulatedBatches.SECOND);
                simulated.time.die();
            }
            simulated.time.sleep(3 * SimulatedBatches.SECOND);
            return ScriptedUpstream.answer();
        })
                .submit("b", 30)
                .run();

        assertThat(batches.deaths()).isEqualTo(3);
        onlyTheFourthFailed(batches, "worker_lost");
    }

    /** Before any call of it, and so before this was so it was claimed by nobody, and came again for ever. */
    @Test
    void aLineThatKillsWhoeverPlansItIsGivenUpAfterThree() {
        AtomicReference<SimulatedBatches> simulated = new AtomicReference<>();
        SimulatedBatches batches = new SimulatedBatches(1, poolWithOdd(), (each, _) -> answer(each))
                .workers(2, 31)
                .keys(new OddKeys(() -> simulated.get().time.die()))
                .submit("b", 30)
                .send("{\"id\":\"odd\",\"body\":" + SimulatedBatches.body("odd", 0).replace("chat", "odd") + "}");
        simulated.set(batches);
        batches.run();

        assertThat(batches.deaths()).isEqualTo(3);
        assertThat(batches.batchAtLast("b").counts()).isEqualTo(new Counts(30, 0, 0));
        assertThat(batches.resultLines("queue-odd")).singleElement(InstanceOfAssertFactories.STRING)
                .contains("worker_lost");
        assertThat(batches.queue.messages.deadLetters()).singleElement()
                .extracting(InMemoryBatchQueue.DeadLetter::reason, InstanceOfAssertFactories.STRING)
                .startsWith("worker_lost");
    }

    /** A worker gets more lines than it has room for in an invocation. They must not keep the line that kills workers waiting. */
    @Test
    void onAFullPoolALineThatKillsItsWorkersIsGivenUpToo() {
        Pool pool = Endpoints.pool(Endpoints.openAi("a", Endpoints.requests(Pacing.EVEN, 6)));
        SimulatedBatches batches = new SimulatedBatches(1, pool, (simulated, call) -> {
            if (call.line().equals("b/3")) {
                simulated.time.die();
            }
            return answer(simulated);
        })
                .workers(1, 100)
                .submit("b", 1_500)
                .run();

        long last = batches.calls.stream()
                .filter(call -> call.line().equals("b/3"))
                .mapToLong(SimulatedBatches.Call::at)
                .max()
                .orElseThrow();
        assertThat(batches.deaths()).isEqualTo(3);
        assertThat(last).as("while others wait").isLessThan(batches.elapsed() / 10 * 9);
        assertThat(batches.batchAtLast("b").counts()).isEqualTo(new Counts(1_499, 1, 0));
    }

    /** As messages that somebody put on the queue, which nobody has looked at before. */
    @Test
    void bombsEndInAnAnswerOrAnErrorOfTheirOwn() {
        List<String> bombs = new ArrayList<>();
        Bombs.forEach(228_000, bomb -> {
            if (bomb.kind() == RequestKind.CHAT_COMPLETIONS) {
                bombs.add(new String(bomb.body(), StandardCharsets.UTF_8));
            }
        });
        SimulatedBatches batches = simulated().workers(1, 40).submit("b", 30);
        List<String> sent = IntStream.range(0, bombs.size())
                .filter(each -> each % 10 == 0)
                .mapToObj(bombs::get)
                .toList();
        for (int i = 0; i < sent.size(); i++) {
            batches.send("{\"id\":\"bomb-" + i + "\",\"body\":" + sent.get(i) + "}");
        }
        batches.run();

        assertThat(sent).hasSizeGreaterThan(10);
        assertThat(batches.deaths()).isZero();
        assertThat(batches.batchAtLast("b").counts()).isEqualTo(new Counts(30, 0, 0));
        List<String> unread = batches.queue.messages.deadLetters()
                .stream()
                .map(InMemoryBatchQueue.DeadLetter::reason)
                .toList();
        assertThat(unread).allMatch(reason -> reason.startsWith("not a message of a batch: it nests deeper"));
        long read = IntStream.range(0, sent.size())
                .mapToObj(i -> batches.store.records.find("queue-bomb-" + i, batches.time.now()))
                .flatMap(Optional::stream)
                .flatMap(batch -> batches.resultLines(batch.id()).stream())
                .filter(result -> result.contains("\"status_code\":200") || result.contains("\"status_code\":400"))
                .count();
        assertThat(read + unread.size()).isEqualTo(sent.size());
    }

    /** Nobody dies of it, and the others of its invocation are done at once. */
    @ParameterizedTest
    @MethodSource("errorsOfOneLine")
    void aLineThatMeetsAnErrorIsGivenUpAfterThree(Error error) {
        SimulatedBatches batches = simulated((simulated, call) -> {
            if (call.line().equals("b/3")) {
                throw error;
            }
            return answer(simulated);
        })
                .submit("b", 30)
                .run();

        assertThat(batches.deaths()).isZero();
        assertThat(batches.calls.stream().filter(call -> call.line().equals("b/3"))).hasSize(3);
        assertThat(batches.calls.stream().filter(call -> !call.line().equals("b/3")))
                .hasSize(29)
                .allMatch(call -> call.at() < Duration.ofSeconds(20).toNanos());
        onlyTheFourthFailed(batches, "worker_lost");
    }

    static List<Error> errorsOfOneLine() {
        return List.of(new StackOverflowError(), new NoClassDefFoundError("a/B"), new AssertionError("no"));
    }

    /** They are called one after the other by who has them: each hand-back would cost a permit and an invocation. */
    @Test
    void suspectsAreNotPassedOnFromWorkerToWorker() {
        SimulatedBatches batches = simulated((simulated, call) -> {
            if (simulated.deaths() == 0 && simulated.calls.size() == 10) {
                simulated.time.die();
            }
            simulated.time.sleep(SimulatedBatches.SECOND);
            return ScriptedUpstream.answer();
        })
                .submit("b", 10)
                .run();

        assertThat(batches.deaths()).isOne();
        assertThat(batches.batchAtLast("b").counts()).isEqualTo(new Counts(10, 0, 0));
        assertThat(batches.calls).hasSizeLessThanOrEqualTo(20);
        assertThat(batches.invocations).as("expansion, the one that dies, and who calls them again")
                .hasSizeLessThanOrEqualTo(5);
    }

    @Test
    void aLineThatFailsEverywhereIsGivenUpAfterTheMostAttempts() {
        SimulatedBatches batches = simulated((simulated, call) -> {
            simulated.time.sleep(SimulatedBatches.SECOND / 2);
            return call.line().equals("b/3")
                    ? ScriptedUpstream.error(500, "server_error", "")
                    : ScriptedUpstream.answer();
        })
                .submit("b", 30)
                .run();

        onlyTheFourthFailed(batches, "endpoints_failed");
        // 10 are the most by default; one run of a line makes 3 at most.
        assertThat(batches.calls.stream().filter(call -> call.line().equals("b/3")).count()).isBetween(10L, 12L);
        assertThat(batches.calls.stream().filter(call -> !call.line().equals("b/3")))
                .as("the others are not held up")
                .allMatch(call -> call.at() < Duration.ofSeconds(20).toNanos());
    }

    /** The provider blames the key, the account or the model, which the other lines show to be all right. */
    @ParameterizedTest
    @CsvSource({"401, invalid_api_key", "429, insufficient_quota", "404, model_not_found"})
    void aLineThatTakesItsEndpointsOutIsGivenUpToo(int status, String code) {
        SimulatedBatches batches = simulated((simulated, call) -> {
            simulated.time.sleep(SimulatedBatches.SECOND / 2);
            return call.line().equals("b/3")
                    ? ScriptedUpstream.error(status, "invalid_request_error", code)
                    : ScriptedUpstream.answer();
        })
                .submit("b", 30)
                .run();

        onlyTheFourthFailed(batches, "endpoints_failed");
        assertThat(batches.calls.stream().filter(call -> call.line().equals("b/3")).count()).isBetween(10L, 12L);
    }

    /** One call at a time, and no breaker: 30 s doubled with each call that has failed, 15 minutes at the most. */
    @Test
    void aLineThatFailsIsLeftInPeaceLongerEachTime() {
        SimulatedBatches batches = new SimulatedBatches(
                1, patient(), (_, _) -> ScriptedUpstream.error(500, "server_error", ""))
                .submit("b", 1)
                .run();

        List<Long> pauses = new ArrayList<>();
        for (int call = 1; call < batches.calls.size(); call++) {
            pauses.add(batches.calls.get(call).at() - batches.calls.get(call - 1).at());
        }
        assertThat(pauses).extracting(pause -> Duration.ofNanos(pause).toSeconds())
                .containsExactly(60L, 120L, 240L, 480L, 900L, 900L, 900L, 900L, 900L);
        assertThat(batches.batchAtLast("b").counts()).isEqualTo(new Counts(0, 1, 0));
    }

    private static Pool patient() {
        Settings settings = new SettingsBuilder()
                .maxAttempts(1)
                .consecutiveErrors(100)
                .hardConsecutiveErrors(100)
                .minimumCalls(100)
                .suspectErrorRate(1)
                .errorRate(1)
                .build();
        return new Pool(POOL.endpoints(), settings);
    }

    private static void onlyTheFourthFailed(SimulatedBatches batches, String reason) {
        assertThat(batches.offences).isEmpty();
        assertThat(batches.queue.messages.size()).isZero();
        assertThat(batches.batchAtLast("b").counts()).isEqualTo(new Counts(29, 1, 0));
        assertThat(batches.batchAtLast("b").status()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(batches.resultLines("b").get(3))
                .contains("\"custom_id\":\"custom-3\"")
                .contains("\"response\":null")
                .contains("\"code\":\"" + reason + "\"");
        assertThat(batches.queue.messages.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.reason()).startsWith(reason + ": ");
            assertThat(letter.body()).contains("\"line\":3");
        });
    }

    @Test
    void whatNoEndpointTakesIsOnRecordWithTheRefusal() {
        SimulatedBatches batches = simulated()
                .submit("b", List.of(
                        SimulatedBatches.body("b", 0),
                        "{\"model\":\"unknown\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}",
                        "{\"model\":\"chat\",\"messages\":7}",
                        SimulatedBatches.body("b", 3)))
                .run();

        assertThat(batches.queue.messages.size()).isZero();
        assertThat(batches.queue.messages.deadLetters()).isEmpty();
        assertThat(batches.batchAtLast("b").counts()).isEqualTo(new Counts(2, 2, 0));
        assertThat(batches.resultLines("b").get(1)).contains("\"status_code\":404").contains("model_not_found");
        assertThat(batches.resultLines("b").get(2)).contains("\"status_code\":400").contains("messages");
    }

    @Test
    void whatTheProviderRefusesIsOnRecordAsItSaidIt() {
        SimulatedBatches batches = simulated((simulated, _) -> {
            simulated.time.sleep(SimulatedBatches.SECOND);
            return ScriptedUpstream.error(400, "invalid_request_error", "context_length_exceeded");
        })
                .submit("b", 2)
                .run();

        assertThat(batches.batchAtLast("b").counts()).isEqualTo(new Counts(0, 2, 0));
        assertThat(batches.resultLines("b")).allMatch(line -> line.contains("\"status_code\":400")
                && line.contains("context_length_exceeded"));
        assertThat(batches.calls).hasSize(2);
    }

    @Test
    void messagesThatAreNotOursGoToTheDeadLettersWithTheReason() {
        SimulatedBatches batches = simulated()
                .send("no JSON")
                .send("{\"batch\":\"b\"}")
                .send("{\"id\":\"not an id!\",\"body\":{}}")
                .submit("b", 2)
                .run();

        assertThat(batches.batchAtLast("b").counts()).isEqualTo(new Counts(2, 0, 0));
        assertThat(batches.queue.messages.size()).isZero();
        assertThat(batches.queue.messages.deadLetters())
                .extracting(InMemoryBatchQueue.DeadLetter::body)
                .containsExactlyInAnyOrder("no JSON", "{\"batch\":\"b\"}", "{\"id\":\"not an id!\",\"body\":{}}");
        assertThat(batches.queue.messages.deadLetters())
                .allMatch(letter -> letter.reason().startsWith("not a message of a batch: it "));
    }

    /** Some bug, here met in the record of its batch. */
    @Test
    void aMessageThatCannotBeBegunKeepsNoOtherFromBeingDone() {
        SimulatedBatches batches = simulated()
                .workers(1, 100)
                .submit("b", 99)
                .send("{\"batch\":\"odd\",\"line\":0,\"body\":" + SimulatedBatches.body("odd", 0) + "}")
                .until(Duration.ofHours(1));
        batches.store.odd = "odd";
        batches.run();

        onlyTheOddOneIsLeft(batches);
        assertThat(batches.invocations).as("the odd one is left in peace for half an hour each time")
                .hasSizeLessThan(20);
    }

    /** The same, met in choosing an endpoint. */
    @Test
    void aLineThatCannotBePlannedKeepsNoOtherFromBeingDone() {
        SimulatedBatches batches = new SimulatedBatches(1, poolWithOdd(), (simulated, _) -> answer(simulated))
                .workers(1, 100)
                .keys(new OddKeys(() -> {
                    throw new IllegalStateException("odd");
                }))
                .submit("b", 99)
                .send("{\"id\":\"odd\",\"body\":" + SimulatedBatches.body("odd", 0).replace("chat", "odd") + "}")
                .run();

        onlyTheOddOneIsGivenUp(batches, "queue-odd");
    }

    private static void onlyTheOddOneIsGivenUp(SimulatedBatches batches, String odd) {
        assertThat(batches.offences).isEmpty();
        assertThat(batches.batchAtLast("b").counts()).isEqualTo(new Counts(99, 0, 0));
        assertThat(batches.calls).hasSize(99).allMatch(call -> call.line().startsWith("b/"));
        assertThat(batches.resultLines(odd)).singleElement(InstanceOfAssertFactories.STRING).contains("worker_lost");
        assertThat(batches.queue.messages.deadLetters()).singleElement()
                .extracting(InMemoryBatchQueue.DeadLetter::reason, InstanceOfAssertFactories.STRING)
                .startsWith("worker_lost");
        assertThat(batches.queue.messages.size()).isZero();
    }

    private static void onlyTheOddOneIsLeft(SimulatedBatches batches) {
        assertThat(batches.offences).isEmpty();
        assertThat(batches.batchAtLast("b").counts()).isEqualTo(new Counts(99, 0, 0));
        assertThat(batches.calls).hasSize(99).allMatch(call -> call.line().startsWith("b/"));
        assertThat(batches.queue.messages.size()).isOne();
    }

    /** With an endpoint of its own for the model {@code odd}. */
    private static Pool poolWithOdd() {
        return Endpoints.pool(
                Endpoints.openAi("a", Endpoints.requests(Pacing.BUCKET, 600)),
                new EndpointBuilder("odd").modelId("m").models(List.of("odd")).build());
    }

    private record OddKeys(Runnable whenAsked) implements ApiKeys {

        @Override
        public Lookup get(String name) {
            if (name.equals("key-of-odd")) {
                whenAsked.run();
            }
            return new ApiKey(name);
        }

        @Override
        public Lookup refresh(String name, ApiKey refused) {
            return get(name);
        }
    }

    @Test
    void aMessageOfOnesOwnIsABatchOfOneWhoseIdCountsOnce() {
        String body = SimulatedBatches.body("own", 0);
        SimulatedBatches batches = simulated()
                .send("{\"id\":\"mine\",\"body\":" + body + "}")
                .send("{\"id\":\"mine\",\"body\":" + body + "}")
                .send("{\"id\":\"bad\"}")
                .run();

        assertThat(batches.calls).hasSize(1);
        assertThat(batches.queue.messages.size()).isZero();
        assertThat(batches.batchAtLast("queue-mine").status()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(batches.batchAtLast("queue-mine").counts()).isEqualTo(new Counts(1, 0, 0));
        assertThat(batches.resultLines("queue-mine")).singleElement().asString().contains("\"custom_id\":\"mine\"");
        assertThat(batches.resultLines("queue-bad")).singleElement().asString().contains("\"status_code\":400");
        assertThat(batches.store.records.list(Optional.empty(), 10, batches.time.now())).isEmpty();
    }
}
