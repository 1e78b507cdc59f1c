package ailb.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.pool.Endpoints;
import ailb.port.Deadline;
import ailb.port.SteppedTime;
import ailb.protocol.ChatRequest;
import ailb.protocol.Parsed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A batch from its submission to the worker's hands. */
class BatchesTest {

    private final SteppedTime time = new SteppedTime(1_800_000_000_000_000_000L);
    private final InMemoryBatchStore store = new InMemoryBatchStore();
    private final InMemoryBatchQueue queue = new InMemoryBatchQueue(time, new Random(1));
    private final Batches batches = batches(queue);

    private Batches batches(BatchQueue sender) {
        return new Batches(
                store,
                sender,
                Endpoints.pool(Endpoints.openAi("a", Endpoints.unlimited())),
                time,
                new Random(2),
                Duration.ofDays(7));
    }

    /** It takes what it is sent, and its replies are lost. */
    private record UnheardQueue(BatchQueue queue) implements BatchQueue {

        @Override
        public void send(List<String> bodies, Duration delay) {
            queue.send(bodies, delay);
            throw new BatchQueueException("no reply", new IllegalStateException());
        }

        @Override
        public void hide(QueueMessage message, Duration time) {
            queue.hide(message, time);
        }

        @Override
        public void deadLetter(QueueMessage message, String reason) {
            queue.deadLetter(message, reason);
        }
    }

    @Test
    void aWorkerGetsTheCallersOwnBytes() {
        String body = "{\"seed\":12345678901234567890,\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":"
                + "\"\\u00e9\\ud83d\\ude00é😀\"}]}";
        Batch batch = submit("\"\\\"quoted\\\" \\u00e9\"", body);

        assertThat(expanded(batch)).singleElement().satisfies(message -> {
            BatchMessage.Line line = (BatchMessage.Line) BatchMessage.read(message);
            assertThat(line.key()).isEqualTo(new LineKey(batch.id(), 0));
            assertThat(line.customId()).isEqualTo("\"quoted\" é");
            assertThat(((ChatRequest) ((Parsed.Valid) line.readRequest()).request()).body()).asString(UTF_8)
                    .isEqualTo(body);
        });
    }

    @Test
    void theLongestLineFitsAMessageOfTheQueue() {
        String start = "{\"custom_id\":\"a\",\"url\":\"/v1/chat/completions\",\"body\":";
        String body = "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}";
        int around = start.length() + body.formatted("").length() + 1;

        Batch batch = submit("\"a\"", body.formatted("x".repeat(1_000_000 - around)));

        assertThat(expanded(batch))
                .singleElement()
                .satisfies(message -> assertThat(message.body().getBytes(UTF_8).length)
                        .isBetween(1_000_000, BatchQueue.MAX_BYTES));
    }

    @Test
    void everyLineOfALargeBatchReachesTheQueueOnce() {
        String lines = IntStream.range(0, 5000)
                .mapToObj(i -> line("\"r" + i + "\"", "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\","
                        + "\"content\":\"" + "é".repeat(i % 200) + "\"}]}"))
                .collect(Collectors.joining("\n"));

        Set<String> reached = expanded(submit(lines)).stream()
                .map(message -> (BatchMessage.Line) BatchMessage.read(message))
                .map(line -> line.key().line() + " " + line.customId())
                .collect(Collectors.toSet());

        assertThat(reached)
                .isEqualTo(IntStream.range(0, 5000).mapToObj(i -> i + " r" + i).collect(Collectors.toSet()));
    }

    @Test
    void aBatchWhoseMessageTheQueueTookWithoutSayingSoIsNotExpanded() {
        Batches unheard = batches(new UnheardQueue(queue));

        assertThatThrownBy(() -> submit(unheard, line("\"a\"", body()))).isInstanceOf(BatchQueueException.class);

        assertThat(queue.size()).isOne();
        assertThat(expanded(store.list(Optional.empty(), 1, time.now()).getFirst())).isEmpty();
    }

    @Test
    void aBatchIsInProgressBeforeItsFirstLineCanBeAnswered() {
        Batch batch = submit("\"a\"", body());
        LineEnqueuer failing = new LineEnqueuer(store, new UnheardQueue(queue), time);

        assertThatThrownBy(() -> failing.run(batch.id(), Deadline.in(Duration.ofMinutes(5), time)))
                .isInstanceOf(BatchQueueException.class);

        Batch begun = store.find(batch.id(), time.now()).orElseThrow();
        assertThat(begun.status()).isEqualTo(BatchStatus.IN_PROGRESS);
        assertThat(begun.begun()).isEqualTo(time.now());
    }

    @Test
    void idsSortByAge() {
        String first = submit("\"a\"", body()).id();
        time.pass(Duration.ofMillis(1));
        String second = submit("\"a\"", body()).id();
        time.pass(Duration.ofDays(3650));
        String third = submit("\"a\"", body()).id();

        assertThat(List.of(first, second, third)).isSorted();
    }

    /** Of the numbers that it is given: what they are is for the wiring to say. */
    @Test
    void anIdEndsIn128BitsByChance() {
        AtomicLong numbers = new AtomicLong(0x0123456789abcdefL);
        Batches foreseen = new Batches(
                store, queue, Endpoints.pool(Endpoints.openAi("a", Endpoints.unlimited())), time,
                numbers::getAndIncrement, Duration.ofDays(7));

        assertThat(submit(foreseen, line("\"a\"", body())).id())
                .isEqualTo("batch_01a3185c5000" + "0123456789abcdef" + "0123456789abcdf0");
    }

    @Test
    void aBatchIsItsSubmittersAndTheAdminsIsNobodys() {
        Submission.Accepted lines = (Submission.Accepted) batches.read(line("\"a\"", body()).getBytes(UTF_8));

        assertThat(batches.submit(new Caller.Client("team-a"), lines).owner()).contains("team-a");
        assertThat(batches.submit(new Caller.Admin("team-a"), lines).owner()).isEmpty();
    }

    private Batch submit(String id, String body) {
        return submit(line(id, body));
    }

    private Batch submit(String lines) {
        return submit(batches, lines);
    }

    private static Batch submit(Batches to, String lines) {
        return to.submit(new Caller.Client("default"), (Submission.Accepted) to.read(lines.getBytes(UTF_8)));
    }

    /** The messages that the batch's one message becomes. */
    private List<QueueMessage> expanded(Batch batch) {
        queue.receive(10, Duration.ofMinutes(1)).forEach(queue::delete);
        new LineEnqueuer(store, queue, time).run(batch.id(), Deadline.in(Duration.ofMinutes(5), time));
        return queue.receive(batch.total() + 1, Duration.ofMinutes(1));
    }

    private static String line(String id, String body) {
        return "{\"custom_id\":" + id + ",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":" + body + "}";
    }

    private static String body() {
        return "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    }
}
