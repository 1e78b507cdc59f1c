package ailb.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.aws.ScriptedServer.HangUp;
import ailb.aws.ScriptedServer.Reply;
import ailb.aws.ScriptedServer.Script;
import ailb.aws.ScriptedServer.Step;
import ailb.batch.BatchQueue;
import ailb.batch.BatchQueueException;
import ailb.batch.QueueMessage;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent to SQS, and what comes of it when things go wrong. */
@Timeout(30)
class SqsBatchQueueTroubleTest {

    private static final String QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/batches";
    private static final QueueMessage MESSAGE = new QueueMessage("id-1", "receipt-1", "{\"a\":1}", 1, 0);

    /** Will do, but for a message sent by itself: it lacks the digest that the SDK compares, and the request counts. */
    private static final Step FINE = new Reply(200, "{}");

    /** MD5 of {@code {}}, which the SDK compares. */
    private static final String SENT = "{\"Id\":\"%s\",\"MessageId\":\"m\",\"MD5OfMessageBody\":"
            + "\"99914b932bd37a50b983c5e7c90ae93b\"}";
    private static final String UNSENT = "{\"Id\":\"%s\",\"SenderFault\":%s,\"Code\":\"%s\",\"Message\":\"the body\"}";

    private ScriptedServer server = new ScriptedServer(_ -> new HangUp());

    @AfterEach
    void closeServer() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0", "PT0.001S, 1", "PT1S, 1", "PT89.5S, 90", "PT15M, 900", "PT1H, 900", "PT-5S, 0"})
    void aDelayIsInWholeSecondsRoundedUp(Duration delay, int seconds) {
        queueAt(_ -> sent("0")).send(List.of("{}"), delay);

        assertThat(body(1).at("/Entries/0/DelaySeconds").asInt(-1)).isEqualTo(seconds);
        assertThat(body(1).path("QueueUrl").asText()).isEqualTo(QUEUE);
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0", "PT0.25S, 1", "PT30S, 30", "PT11H30M, 41400", "PT12H, 41400", "P365D, 41400", "PT-5S, 0"})
    void aMessageIsHiddenForWholeSecondsRoundedUp(Duration time, int seconds) {
        queueAt(_ -> FINE).hide(MESSAGE, time);

        assertThat(body(1).path("VisibilityTimeout").asInt(-1)).isEqualTo(seconds);
        assertThat(body(1).path("ReceiptHandle").asText()).isEqualTo("receipt-1");
        assertThat(body(1).path("QueueUrl").asText()).isEqualTo(QUEUE);
    }

    @Test
    void tenMessagesAtMostGoInOneRequest() {
        queueAt(number -> sent(number < 3 ? ids(10) : ids(3))).send(Collections.nCopies(23, "{}"), Duration.ZERO);

        assertThat(Stream.of(1, 2, 3).map(number -> body(number).path("Entries").size())).containsExactly(10, 10, 3);
    }

    @Test
    void aRequestIsOneMebibyteAtMost() {
        String half = "\u00fc".repeat(BatchQueue.MAX_BYTES / 4);

        assertThat(SendBatches.of(List.of(half, half, "x", half, "y".repeat(BatchQueue.MAX_BYTES), "z")))
                .extracting(List::size)
                .containsExactly(2, 2, 1, 1);
        assertThat(SendBatches.of(List.of())).isEmpty();
    }

    @Test
    void onlyTheMessagesNotTakenAreSentAgain() {
        queueAt(number -> switch (number) {
            case 1 -> reply(List.of(SENT.formatted("0")), List.of(unsent("1"), unsent("2")));
            case 2 -> reply(List.of(SENT.formatted("2")), List.of(unsent("1")));
            default -> sent("1");
        }).send(List.of("{}", "{}", "{}"), Duration.ZERO);

        assertThat(Stream.of(1, 2, 3).map(number -> body(number).findValuesAsText("Id")))
                .containsExactly(List.of("0", "1", "2"), List.of("1", "2"), List.of("1"));
    }

    @Test
    void aMessageNeverTakenIsGivenUp() {
        BatchQueue queue = queueAt(_ -> reply(List.of(), List.of(unsent("0"))));

        assertThatThrownBy(() -> queue.send(List.of("{}"), Duration.ZERO))
                .isInstanceOf(BatchQueueException.class)
                .hasMessageContaining("1 of 1 messages: InternalError");
        assertThat(server.requests()).hasSize(4);
    }

    @Test
    void aMessageThatWouldBeRefusedAgainIsNotSentAgain() {
        BatchQueue queue =
                queueAt(_ -> reply(List.of(), List.of(UNSENT.formatted("0", true, "InvalidMessageContents"))));

        assertThatThrownBy(() -> queue.send(List.of("{}"), Duration.ZERO))
                .isInstanceOf(BatchQueueException.class)
                .hasMessageContaining("InvalidMessageContents")
                .hasMessageNotContaining("the body");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void whatSqsRefusesInABodyIsEscaped() {
        queueAt(_ -> FINE);
        String body = SqsText.body("{\"a\":\"\uFFFF\uFFFE\uD800x\uD83D\uDE80\tü\u007F\"}");

        assertThat(body).isEqualTo("{\"a\":\"\\uffff\\ufffe\\ud800x\uD83D\uDE80\tü\u007F\"}");
    }

    @Test
    void aDeadLetterTooLargeForAReasonGoesWithoutOne() {
        QueueMessage large = new QueueMessage("id", "receipt", "x".repeat(BatchQueue.MAX_BYTES - 10), 1, 0);
        BatchQueue queue = queueAt(_ -> FINE);

        assertThatThrownBy(() -> queue.deadLetter(large, "why")).hasMessageContaining("SdkClientException");
        assertThat(body(1).path("MessageBody").asText()).hasSize(BatchQueue.MAX_BYTES - 10);
        assertThat(body(1).has("MessageAttributes") && !body(1).path("MessageAttributes").isEmpty()).isFalse();
    }

    @Test
    void aDeadLetterGoesToTheOtherQueueWithItsReason() {
        BatchQueue queue = queueAt(_ -> FINE);

        assertThatThrownBy(() -> queue.deadLetter(MESSAGE, "not\nJSON")).hasMessageContaining("SdkClientException");
        assertThat(body(1).path("QueueUrl").asText()).isEqualTo(QUEUE + "-dead-letters");
        assertThat(body(1).at("/MessageAttributes/reason/StringValue").asText()).isEqualTo("not JSON");
        assertThat(body(1).at("/MessageAttributes/reason/DataType").asText()).isEqualTo("String");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AccessDeniedException", "InvalidSignatureException", "QueueDoesNotExist"})
    void aQueueThatRefusesSaysWhyWithoutTheRequest(String code) {
        BatchQueue queue = queueAt(_ -> refused(code));

        for (Runnable call : calls(queue)) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(BatchQueueException.class)
                    .hasMessageContaining(code)
                    .hasMessageNotContaining("the signed request");
        }
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void aQueueThatIsBusyIsAskedAgain() {
        Step busy = new Reply(503, "{\"__type\":\"ServiceUnavailable\"}");

        queueAt(number -> number == 1 ? busy : sent("0")).send(List.of("{}"), Duration.ZERO);

        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void aQueueThatIsNotThereSaysSo() {
        BatchQueue queue = queueAt(_ -> new HangUp());

        for (Runnable call : calls(queue)) {
            assertThatThrownBy(call::run).isInstanceOf(BatchQueueException.class)
                    .hasMessageContaining("SdkClientException");
        }
    }

    @Test
    void anInterruptedThreadSendsNothingAndStaysInterrupted() {
        BatchQueue queue = queueAt(_ -> sent("0"));
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> queue.send(List.of("{}"), Duration.ZERO)).isInstanceOf(BatchQueueException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(server.requests()).isEmpty();
    }

    private static List<Runnable> calls(BatchQueue queue) {
        return List.of(
                () -> queue.send(List.of("{}"), Duration.ZERO),
                () -> queue.hide(MESSAGE, Duration.ZERO),
                () -> queue.deadLetter(MESSAGE, "why"));
    }

    private static String[] ids(int number) {
        return Stream.iterate(0, id -> id + 1).limit(number).map(String::valueOf).toArray(String[]::new);
    }

    private static Step sent(String... ids) {
        return reply(Stream.of(ids).map(SENT::formatted).toList(), List.of());
    }

    private static String unsent(String id) {
        return UNSENT.formatted(id, false, "InternalError");
    }

    private static Step reply(List<String> sent, List<String> unsent) {
        return new Reply(
                200,
                "{\"Successful\":[" + String.join(",", sent) + "],\"Failed\":[" + String.join(",", unsent) + "]}");
    }

    private static Step refused(String code) {
        return new Reply(
                400, "{\"__type\":\"com.amazonaws.sqs#" + code + "\",\"message\":"
                        + (code.equals("AccessDeniedException") ? "\"not allowed\"" : "\"the signed request\"") + "}");
    }

    private JsonNode body(int number) {
        String request = server.requests().get(number - 1);
        try {
            return new JsonMapper().readTree(request.substring(request.indexOf("\r\n\r\n")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private BatchQueue queueAt(Script script) {
        server.close();
        server = new ScriptedServer(script);
        return new SqsBatchQueue(LocalSqs.clientAt(server.uri()), QUEUE, QUEUE + "-dead-letters");
    }
}
