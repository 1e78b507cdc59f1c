package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.batch.BatchWorker;
import ailb.batch.QueueMessage;
import ailb.port.Deadline;
import ailb.port.SteppedTime;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchHandlerTest {

    private static final String LINE = "059f36b4-87a3-44ab-83d2-661975020001";
    private static final String CUT_OFF = "059f36b4-87a3-44ab-83d2-661975020004";
    private static final String TEXT = "059f36b4-87a3-44ab-83d2-661975020005";
    private static final long SENT = 1_780_309_800_123_000_000L;

    private final SteppedTime time = new SteppedTime(1_780_309_900_000_000_000L);
    private final List<QueueMessage> given = new ArrayList<>();
    private final List<Deadline> deadlines = new ArrayList<>();

    @Test
    void theWorkerGetsTheMessagesAsTheyWereHandedOut() throws IOException {
        handle("sqs-batch-line", working(Set.of()));

        assertThat(given).singleElement().satisfies(message -> {
            assertThat(message.id()).isEqualTo(LINE);
            assertThat(message.receipt()).isEqualTo("AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a1");
            assertThat(message.receives()).isEqualTo(2);
            assertThat(message.sent()).isEqualTo(SENT);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "sqs-batch-line, '{\"batch\":\"batch_0190b7c2a4f17d3e8a52c6f09e1d4b37\",\"line\":17,\"custom_id\":\"a-17\"'",
        "sqs-expand, '{\"expand\":\"batch_0190b7c2a4f17d3e8a52c6f09e1d4b37\"}'",
        "sqs-message, '{\"id\":\"my-1\",\"body\":{\"model\":\"chat\",\"messages\":[{'",
        "sqs-malformed, '{\"id\":\"my-2\",\"body\":'",
    })
    void bodiesAreHandedOnAsTheyAre(String event, String body) throws IOException {
        handle(event, working(Set.of()));

        assertThat(given.getFirst().body()).startsWith(body);
    }

    @Test
    void twoSecondsAreKeptBackFromTheEnd() throws IOException {
        handle("sqs-expand", working(Set.of()));

        assertThat(deadlines).containsExactly(Deadline.in(Duration.ofSeconds(298), time));
    }

    @Test
    void nothingFailedMeansThatAllAreDone() throws IOException {
        assertThat(handle("sqs-malformed", working(Set.of()))).isEqualTo("{\"batchItemFailures\":[]}");
    }

    @Test
    void whatIsNotDoneStaysOnTheQueue() throws IOException {
        assertThat(handle("sqs-malformed", working(Set.of(TEXT))))
                .isEqualTo("{\"batchItemFailures\":[{\"itemIdentifier\":\"" + TEXT + "\"}]}");
    }

    @Test
    void aFailureOfTheWorkerLeavesAllOnTheQueue() throws IOException {
        assertThat(handle("sqs-malformed", (_, _) -> {
            throw new IllegalStateException("a bug");
        })).contains(CUT_OFF, TEXT);
    }

    @Test
    void anInterruptedWorkerLeavesAllOnTheQueueAndTheThreadInterrupted() throws IOException {
        String response = handle("sqs-malformed", (_, _) -> {
            throw new InterruptedException();
        });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(response).contains(CUT_OFF, TEXT);
    }

    @Test
    void anEventWithNothingInItIsDone() {
        SQSBatchResponse response = handler(working(Set.of()))
                .handleRequest(new SQSEvent(), new RemainingTime(300_000));

        assertThat(response.getBatchItemFailures()).isEmpty();
        assertThat(given).isEmpty();
    }

    @Test
    void aMessageWithNothingInItIsHandedOnAsSentNow() {
        SQSEvent event = new SQSEvent();
        event.setRecords(List.of(new SQSEvent.SQSMessage()));

        assertThat(SqsEvents.messages(event, 7_000_000)).containsExactly(new QueueMessage("", "", "", 1, 7_000_000));
    }

    @ParameterizedTest
    @CsvSource({
        "'', ''", "x, y", "-3, -1", "0, 0", "1.5, 1e9", "99999999999999999999, 99999999999999999999",
    })
    void oddAttributesCountAsNone(String receives, String sent) {
        SQSEvent.SQSMessage message = new SQSEvent.SQSMessage();
        message.setAttributes(Map.of("ApproximateReceiveCount", receives, "SentTimestamp", sent));
        SQSEvent event = new SQSEvent();
        event.setRecords(List.of(message));

        assertThat(SqsEvents.messages(event, 7_000_000)).containsExactly(new QueueMessage("", "", "", 1, 7_000_000));
    }

    private BatchHandler handler(BatchWorker worker) {
        return new BatchHandler(new BatchFunction(worker, time, SnapshotHooks.register(() -> {}, () -> {})));
    }

    private BatchWorker working(Set<String> notDone) {
        return (messages, deadline) -> {
            given.addAll(messages);
            deadlines.add(deadline);
            return notDone;
        };
    }

    /** The reply as Lambda gets it, to an event as Lambda gives it. */
    private String handle(String name, BatchWorker worker) throws IOException {
        PojoSerializer<SQSEvent> events =
                LambdaEventSerializers.serializerFor(SQSEvent.class, BatchHandlerTest.class.getClassLoader());
        SQSBatchResponse response = handler(worker)
                .handleRequest(events.fromJson(Events.recorded(name)), new RemainingTime(300_000));
        PojoSerializer<SQSBatchResponse> responses =
                LambdaEventSerializers.serializerFor(SQSBatchResponse.class, BatchHandlerTest.class.getClassLoader());
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        responses.toJson(response, json);
        return json.toString(StandardCharsets.UTF_8);
    }
}
