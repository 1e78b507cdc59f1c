package ailb.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.aws.ScriptedServer.HangUp;
import ailb.aws.ScriptedServer.Reply;
import ailb.aws.ScriptedServer.Script;
import ailb.batch.Batch;
import ailb.batch.BatchStatus;
import ailb.batch.BatchStore;
import ailb.batch.BatchStoreException;
import ailb.batch.Claim;
import ailb.batch.Counts;
import ailb.batch.Cursor;
import ailb.batch.LineKey;
import ailb.batch.LineResult;
import ailb.batch.Outcome;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The store over {@link AwsClients#batchStore}'s connections, when things go wrong. */
@Timeout(30)
class DynamoBatchStoreTroubleTest {

    private static final long NOW = 1_795_000_000_000_000_000L;
    private static final long EXPIRES = NOW + 1_000_000_000_000_000L;
    private static final LineKey LINE = new LineKey("b", 0);
    private static final LineResult RESULT = new LineResult(0, Outcome.COMPLETED, "{}".getBytes(UTF_8));
    private static final Pattern MARK = Pattern.compile("\":mark\":\\{\"S\":\"([^\"]+)\"}");

    private ScriptedServer server = new ScriptedServer(_ -> new HangUp());

    @AfterEach
    void closeServer() {
        server.close();
    }

    /** One call of the port. */
    interface Call {

        void on(BatchStore store);
    }

    static Stream<Call> calls() {
        Batch batch = Batch.submitted("b", Optional.of("default"), 1, 2, NOW, EXPIRES);
        return Stream.of(
                store -> store.create(batch, new byte[2]),
                store -> store.ensureDirect("b", NOW, EXPIRES),
                store -> store.find("b", NOW),
                store -> store.list(Optional.empty(), 10, NOW),
                store -> store.listOf("default", Optional.empty(), 10, NOW),
                store -> store.input("b", 0),
                store -> store.advance("b", Cursor.START, new Cursor(1, 2), NOW),
                store -> store.cancel("b", NOW),
                store -> store.claim(LINE, "t", NOW, NOW + 1, EXPIRES),
                store -> store.release(LINE, "t", 1),
                store -> store.finish(LINE, "t", RESULT, EXPIRES),
                store -> store.count("b", Counts.NONE, NOW),
                store -> store.recount(batch),
                store -> store.end("b", BatchStatus.COMPLETED, Counts.NONE, NOW),
                store -> store.results(batch, 0, 10, 10));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void aStoreThatRefusesSaysWhyWithoutASecret(Call call) {
        BatchStore store = storeAt(_ -> error("InvalidSignatureException"));

        assertThatThrownBy(() -> call.on(store)).isInstanceOf(BatchStoreException.class)
                .hasMessage("The batch store does not answer: DynamoDbException: InvalidSignatureException");
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("calls")
    void whatIsLostOnTheWayIsSentAgain(Call call) {
        BatchStore store = storeAt(number -> number == 1 ? new HangUp() : error("AccessDeniedException"));

        assertThatThrownBy(() -> call.on(store)).isInstanceOf(BatchStoreException.class)
                .hasMessageContaining("AccessDeniedException");
        assertThat(server.requests()).hasSize(2);
        assertThat(body(1)).isEqualTo(body(0)).contains("table");
    }

    private String body(int request) {
        String whole = server.requests().get(request);
        return whole.substring(whole.indexOf("\r\n\r\n"));
    }

    @Test
    void aStoreThatNeverAnswersIsGivenUp() {
        BatchStore store = storeAt(_ -> new HangUp());

        assertThatThrownBy(() -> store.find("b", NOW)).isInstanceOf(BatchStoreException.class)
                .hasMessageContaining("Socket");
        assertThat(server.requests()).hasSize(5);
    }

    @Test
    void aClaimThatWasMadeBeforeItCameAgainIsHeld() {
        BatchStore store = storeAt(_ -> refused("\"ex\":{\"N\":\"1\"},\"tk\":{\"S\":\"t\"},\"un\":{\"N\":\"9\"}"));

        assertThat(store.claim(LINE, "t", NOW, NOW + 1, EXPIRES)).isEqualTo(new Claim.Held(0, 0));
    }

    @Test
    void anOutcomeThatWasWrittenBeforeItCameAgainIsWritten() {
        BatchStore store = storeAt(_ -> refused("\"tk\":{\"S\":\"t\"},\"oc\":{\"S\":\"COMPLETED\"}"));

        assertThat(store.finish(LINE, "t", RESULT, EXPIRES)).isTrue();
        assertThat(store.finish(LINE, "another", RESULT, EXPIRES)).isFalse();
    }

    @Test
    void aCursorThatWasMovedBeforeTheWriteCameAgainHasMoved() {
        BatchStore own = storeAt(number -> refused(markOf(number, "ma")));
        assertThat(own.advance("b", Cursor.START, new Cursor(1, 2), NOW)).isTrue();

        BatchStore others = storeAt(_ -> refused("\"ma\":{\"S\":\"another\"}"));
        assertThat(others.advance("b", Cursor.START, new Cursor(1, 2), NOW)).isFalse();
    }

    @Test
    void aBatchThatWasEndedBeforeTheWriteCameAgainHasEnded() {
        BatchStore own = storeAt(number -> refused(markOf(number, "me")));
        assertThat(own.end("b", BatchStatus.COMPLETED, Counts.NONE, NOW)).isTrue();

        BatchStore others = storeAt(_ -> refused("\"me\":{\"S\":\"another\"}"));
        assertThat(others.end("b", BatchStatus.COMPLETED, Counts.NONE, NOW)).isFalse();
    }

    @Test
    void countsThatWereAddedBeforeTheWriteCameAgainAreNotAddedTwice() {
        BatchStore store = storeAt(
                _ -> refused("\"cc\":{\"N\":\"5\"},\"nl\":{\"N\":\"9\"},\"xp\":{\"N\":\"" + EXPIRES + "\"}"));

        assertThat(store.count("b", new Counts(5, 0, 0), NOW))
                .hasValueSatisfying(batch -> assertThat(batch.counts()).isEqualTo(new Counts(5, 0, 0)));
        assertThat(server.requests()).hasSize(1);
        assertThat(server.requests().getFirst()).contains("mc <> :mark");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"Attributes\":{}}"})
    void aReplyThatHasNoItemInItIsNoClaim(String body) {
        BatchStore store = storeAt(_ -> new Reply(200, body));

        assertThatThrownBy(() -> store.claim(LINE, "t", NOW, NOW + 1, EXPIRES))
                .isInstanceOf(BatchStoreException.class)
                .hasMessageContaining("no item");
    }

    @Test
    void aResultWhosePartsHaveBeenClearedUpIsLeftOut() {
        String line =
                "{\"sk\":{\"S\":\"0000%d\"},\"oc\":{\"S\":\"FAILED\"},\"ln\":{\"N\":\"%d\"},\"%s\":{\"%s\":\"%s\"}}";
        String small = Base64.getEncoder().encodeToString("{}".getBytes(UTF_8));
        String page = "{\"Items\":[" + line.formatted(0, 400_000, "pa", "S", "lost") + ","
                + line.formatted(1, 2, "js", "B", small) + "]}";
        BatchStore store = storeAt(number -> new Reply(200, number == 1 ? page : "{}"));

        List<LineResult> results =
                store.results(Batch.submitted("b", Optional.of("default"), 2, 0, NOW, EXPIRES), 0, 10, 1_000_000);

        assertThat(results).extracting(LineResult::line).containsExactly(1);
    }

    @Test
    void aListThatStaysUnreadIsNotReadForEver() {
        String key = "{\"pk\":{\"S\":\"B#b\"},\"sk\":{\"S\":\"batch\"}}";
        BatchStore store = storeAt(
                number -> new Reply(
                        200,
                        number == 1
                                ? "{\"Items\":[{\"pk\":{\"S\":\"BATCHES\"},\"sk\":{\"S\":\"b\"}}]}"
                                : "{\"Responses\":{},\"UnprocessedKeys\":{\"table\":{\"Keys\":[" + key + "]}}}"));

        assertThatThrownBy(() -> store.list(Optional.empty(), 10, NOW)).isInstanceOf(BatchStoreException.class)
                .hasMessageContaining("unread");
        assertThat(server.requests()).hasSize(4);
    }

    /** The mark in a request that has come, as an attribute. */
    private String markOf(int number, String name) {
        while (server.requests().size() < number) {
            Thread.onSpinWait();
        }
        Matcher mark = MARK.matcher(server.requests().get(number - 1));
        assertThat(mark.find()).isTrue();
        return "\"" + name + "\":{\"S\":\"" + mark.group(1) + "\"}";
    }

    private static Reply refused(String attributes) {
        return new Reply(
                400,
                "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException\",\"Item\":{"
                        + "\"pk\":{\"S\":\"B#b\"}," + attributes + "}}");
    }

    private static Reply error(String code) {
        return new Reply(
                400,
                "{\"__type\":\"com.amazonaws.dynamodb.v20120810#" + code + "\",\"message\":\"the signed request\"}");
    }

    private BatchStore storeAt(Script script) {
        server.close();
        server = new ScriptedServer(script);
        return new DynamoBatchStore(
                OnLoopback.at(server.uri(), AwsClients.batchStoreBuilder()).build(),
                "table");
    }
}
