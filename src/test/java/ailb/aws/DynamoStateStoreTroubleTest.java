package ailb.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ailb.aws.ScriptedServer.HangUp;
import ailb.aws.ScriptedServer.Reply;
import ailb.aws.ScriptedServer.ReplyThenHangUp;
import ailb.aws.ScriptedServer.Reset;
import ailb.aws.ScriptedServer.Script;
import ailb.aws.ScriptedServer.Silence;
import ailb.aws.ScriptedServer.Step;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.Guard;
import ailb.state.StateStoreException;
import ailb.state.UpdateResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The store over {@link AwsClients#dynamoDb}'s connections, when things go wrong. */
@Timeout(30)
class DynamoStateStoreTroubleTest {

    private static final String APPLIED = "{\"Attributes\":{\"pk\":{\"S\":\"EP#e\"},\"nr\":{\"N\":\"1\"}}}";
    private static final UpdateResult ONE = new UpdateResult.Applied(
            new EndpointState(Map.of(Attribute.TOTAL_REQUESTS, 1L)));
    private static final ConditionalUpdate ADD_ONE =
            ConditionalUpdate.builder().add(Attribute.TOTAL_REQUESTS, 1).build();

    private ScriptedServer server = new ScriptedServer(_ -> new HangUp());

    @AfterEach
    void closeServer() {
        server.close();
    }

    static Stream<Step> breaks() {
        return Stream.of(new HangUp(), new Reset());
    }

    @ParameterizedTest
    @MethodSource("breaks")
    void aWriteWhoseConnectionBreaksIsNotSentAgain(Step breaking) {
        DynamoStateStore store = storeAt(_ -> breaking);

        assertThat(store.update("e", ADD_ONE)).isInstanceOfSatisfying(
                UpdateResult.Unknown.class,
                unknown -> assertThat(unknown.cause()).startsWith("SdkClientException: Socket"));
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("breaks")
    void aWriteWhoseKeptConnectionBreaksIsNotSentAgain(Step breaking) {
        DynamoStateStore store = storeAt(number -> number < 3 ? new Reply(200, APPLIED) : breaking);

        assertThat(store.update("e", ADD_ONE)).isEqualTo(ONE);
        assertThat(store.update("e", ADD_ONE)).isEqualTo(ONE);
        assertThat(server.connections()).as("the connection was kept").isOne();
        assertThat(store.update("e", ADD_ONE)).isInstanceOf(UpdateResult.Unknown.class);
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void aConnectionThatDiedWhileIdleIsNotUsedAgain() throws InterruptedException {
        DynamoStateStore store = storeAt(_ -> new ReplyThenHangUp(APPLIED));

        for (int call = 1; call <= 5; call++) {
            assertThat(store.update("e", ADD_ONE)).isEqualTo(ONE);
            assertThat(server.requests()).hasSize(call);
            server.awaitHangUp();
        }
    }

    @Test
    void aWriteWithoutAReplyIsGivenUp() {
        DynamoStateStore store = storeAt(_ -> new Silence());

        assertThat(store.update("e", ADD_ONE))
                .isEqualTo(new UpdateResult.Unknown("SdkClientException: SocketTimeoutException"));
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "500, InternalServerError", "503, ServiceUnavailable", "400, ValidationException",
        "400, ResourceNotFoundException", "400, AccessDeniedException", "400, UnrecognizedClientException",
    })
    void aWriteThatIsRefusedIsNotSentAgainAndTheCauseHasTheCode(int status, String code) {
        DynamoStateStore store = storeAt(_ -> error(status, code));

        assertThat(store.update("e", ADD_ONE)).isInstanceOfSatisfying(
                UpdateResult.Unknown.class, unknown -> assertThat(unknown.cause()).contains(code));
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"})
    void aThrottledWriteIsKnownNotToBeMade(String code) {
        DynamoStateStore store = storeAt(_ -> error(400, code));

        assertThat(store.update("e", ADD_ONE)).isEqualTo(new UpdateResult.Throttled());
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void whatARefusedSignatureIsAnsweredWithIsNotShown() {
        DynamoStateStore store = storeAt(_ -> error(400, "InvalidSignatureException"));

        assertThat(store.update("e", ADD_ONE))
                .isEqualTo(new UpdateResult.Unknown("DynamoDbException: InvalidSignatureException"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"Attributes\":", "<html>"})
    void aReplyThatIsNoneLeavesTheOutcomeUnknown(String body) {
        DynamoStateStore store = storeAt(_ -> new Reply(200, body));

        assertThat(store.update("e", ADD_ONE)).isInstanceOf(UpdateResult.Unknown.class);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void aRefusalWithoutAnItemIsThatOfAnEmptyOne() {
        DynamoStateStore store = storeAt(_ -> error(400, "ConditionalCheckFailedException"));
        ConditionalUpdate guarded = ConditionalUpdate.builder()
                .guard(Guard.equal(Attribute.GENERATION, 1))
                .add(Attribute.TOTAL_REQUESTS, 1)
                .build();

        assertThat(store.update("e", guarded)).isEqualTo(new UpdateResult.Rejected(EndpointState.EMPTY));
    }

    @Test
    void anInterruptedThreadSendsNothingAndStaysInterrupted() {
        DynamoStateStore store = storeAt(_ -> new Reply(200, APPLIED));
        Thread.currentThread().interrupt();

        UpdateResult result = store.update("e", ADD_ONE);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(result).isInstanceOfSatisfying(
                UpdateResult.Unknown.class, unknown -> assertThat(unknown.cause()).startsWith("AbortedException"));
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void anInterruptWhileWaitingForTheReplyEndsAVirtualThreadsWrite() throws Exception {
        DynamoStateStore store = storeAt(_ -> new Silence());
        record Seen(UpdateResult result, boolean interrupted) {}
        CompletableFuture<Seen> seen = new CompletableFuture<>();
        Thread writer = Thread.ofVirtual()
                .start(() -> seen.complete(new Seen(store.update("e", ADD_ONE), Thread.interrupted())));
        server.awaitRequest();
        writer.interrupt();

        assertThat(seen.get().result()).isInstanceOf(UpdateResult.Unknown.class);
        assertThat(seen.get().interrupted()).isTrue();
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void whatABusyTableLeavesUnreadIsReadAgain() {
        String key = "{\"pk\":{\"S\":\"EP#%s\"},\"sk\":{\"S\":\"state\"}%s}";
        String first = "{\"Responses\":{\"table\":[" + key.formatted("a", ",\"nr\":{\"N\":\"1\"}") + "]},"
                + "\"UnprocessedKeys\":{\"table\":{\"Keys\":[" + key.formatted("b", "") + "]}}}";
        String second = "{\"Responses\":{\"table\":[" + key.formatted("b", ",\"nr\":{\"N\":\"2\"}") + "]},"
                + "\"UnprocessedKeys\":{}}";
        DynamoStateStore store = storeAt(number -> new Reply(200, number == 1 ? first : second));

        assertThat(store.read(List.of("a", "b", "c"))).isEqualTo(
                Map.of(
                        "a", new EndpointState(Map.of(Attribute.TOTAL_REQUESTS, 1L)),
                        "b", new EndpointState(Map.of(Attribute.TOTAL_REQUESTS, 2L)),
                        "c", EndpointState.EMPTY));
        assertThat(server.requests()).hasSize(2);
        assertThat(server.requests().getLast()).contains("EP#b").doesNotContain("EP#a");
    }

    @Test
    void aTableThatStaysBusyIsNotReadForEver() {
        DynamoStateStore store = storeAt(
                _ -> new Reply(
                        200,
                        "{\"Responses\":{},\"UnprocessedKeys\":{\"table\":{\"Keys\":[{\"pk\":{\"S\":\"EP#a\"},"
                                + "\"sk\":{\"S\":\"state\"}}]}}}"));

        assertThatExceptionOfType(StateStoreException.class).isThrownBy(() -> store.read(List.of("a")))
                .withMessageContaining("unread")
                .matches(StateStoreException::isThrottled);
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void aStoreThatCannotBeReadSaysWhy() {
        DynamoStateStore store = storeAt(_ -> error(400, "AccessDeniedException"));

        assertThatExceptionOfType(StateStoreException.class).isThrownBy(() -> store.read(List.of("a")))
                .withMessageContaining("AccessDeniedException")
                .matches(thrown -> !thrown.isThrottled());
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"})
    void aThrottledReadSaysSo(String code) {
        DynamoStateStore store = storeAt(_ -> error(400, code));

        assertThatExceptionOfType(StateStoreException.class).isThrownBy(() -> store.read(List.of("a")))
                .withMessageContaining(code)
                .matches(StateStoreException::isThrottled);
    }

    private static Reply error(int status, String code) {
        return new Reply(
                status,
                "{\"__type\":\"com.amazonaws.dynamodb.v20120810#" + code + "\",\"message\":\"the signed request\"}");
    }

    private DynamoStateStore storeAt(Script script) {
        server.close();
        server = new ScriptedServer(script);
        return new DynamoStateStore(
                OnLoopback.at(server.uri(), AwsClients.dynamoDbBuilder()).build(),
                "table");
    }
}
