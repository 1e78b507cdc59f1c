package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.batch.QueueMessage;
import ailb.lambda.LambdaInstance.QueueReply;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The function that works off batches, under the runtime interface client. */
class BatchRuntimeClientIT extends DeployedFunctions {

    @Test
    void worksOffABatchThatTheOtherFunctionTook() throws Exception {
        LambdaInstance api = instance(API);
        LambdaInstance worker = instance(BATCH);
        String batch = submit(api, 5);
        QueueReply expanded = work(worker, 1);
        System.out.printf(
                "from exec to the first reply to a queue: %d ms, of CPU %d ms%n",
                worker.sinceStart(expanded.nanoTime()).toMillis(), worker.cpuTime().toMillis());
        assertThat(expanded.failures()).isEmpty();
        assertThat(work(worker, 5).failures()).isEmpty();

        JsonNode done = get(api, batch).body();
        assertThat(done.path("status").asText()).isEqualTo("completed");
        assertThat(done.at("/request_counts/completed").asInt()).isEqualTo(5);
        assertThat(results(api, batch)).extracting(result -> result.path("custom_id").asText())
                .containsExactly("a-0", "a-1", "a-2", "a-3", "a-4");
        assertThat(results(api, batch))
                .extracting(result -> result.at("/response/body/choices/0/message/content").asText())
                .containsOnly(FakeProvider.WORDS);
        assertThat(aws.openai().requests()).hasSize(5);
    }

    @Test
    void aLineThatIsHandedOutTwiceIsCalledOnce() throws Exception {
        LambdaInstance worker = instance(BATCH);
        submit(instance(API), 2);
        work(worker, 1);
        String event = Events.handingOut(handedOut(2));

        assertThat(worker.work(event).failures()).isEmpty();
        assertThat(worker.work(event).failures()).isEmpty();
        assertThat(aws.openai().requests()).hasSize(2);
    }

    @Test
    void whatAProviderRefusesStaysOnTheQueueAndHoldsNothingUp() throws Exception {
        LambdaInstance worker = instance(BATCH);
        aws.openai().refuse(Duration.ofSeconds(40));
        send(message("refused", "chat"), "no request", message("fine", "claude-haiku-4-5"));
        List<QueueMessage> messages = handedOut(3);

        QueueReply reply = worker.work(Events.handingOut(messages));

        assertThat(messages).filteredOn(message -> reply.failures().contains(message.id()))
                .singleElement()
                .satisfies(message -> assertThat(message.body()).contains("refused"));
        assertThat(reply.failures()).hasSize(1);
        assertThat(aws.queues().deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.body()).isEqualTo("no request");
            assertThat(letter.reason()).startsWith("not a message of a batch");
        });
        LambdaInstance api = instance(API);
        assertThat(results(api, "/v1/batches/queue-fine")).hasSize(1);
        assertThat(results(api, "/v1/batches/queue-refused")).isEmpty();
        assertThat(get(api, "/v1/batches/queue-fine/results").status()).as("to a client").isEqualTo(404);
    }

    @Test
    void whatHasToWaitForTheNextDayIsSentAheadAsACopy() throws Exception {
        aws.writePool("""
                { "endpoints": [
                    { "name": "one", "provider": "openai", "base_url": "%s", "model_id": "gpt-4o-mini",
                      "models": ["chat"], "api_key": "one", "requests_per_day": 1, "day_reset": "rolling" } ] }
                """.formatted(aws.openai().baseUrl()));
        LambdaInstance worker = instance(BATCH);
        send(message("today", "chat"));
        List<QueueMessage> first = handedOut(1);
        assertThat(worker.work(Events.handingOut(first)).failures()).isEmpty();
        aws.queues().delete(first.getFirst());
        send(message("tomorrow", "chat"));
        List<QueueMessage> second = handedOut(1);

        assertThat(worker.work(Events.handingOut(second)).failures()).isEmpty();
        aws.queues().delete(second.getFirst());

        assertThat(aws.queues().receive(1, Duration.ZERO, Duration.ZERO)).isEmpty();
        assertThat(aws.queues().size()).isEqualTo(1);
        assertThat(aws.openai().requests()).hasSize(1);
    }

    @Test
    void repliesToEveryRecordedEvent() throws Exception {
        LambdaInstance worker = instance(BATCH);

        assertThat(Events.ofQueues()).hasSize(4);
        for (String name : Events.ofQueues()) {
            assertThat(worker.work(Events.recorded(name)).failures()).as(name).isEmpty();
        }
        assertThat(aws.queues().deadLetters()).hasSize(2);
        assertThat(results(instance(API), "/v1/batches/queue-my-1")).hasSize(1);
    }

    @Test
    void fetchesKeysOnlyAfterTheSnapshotAndWorksThen() throws Exception {
        LambdaInstance worker = instanceForSnapshot(BATCH);

        assertThat(aws.secrets().calls()).as("calls for keys before the snapshot").isZero();
        assertThat(aws.openai().requests()).isEmpty();
        assertThat(aws.calls(BATCH)).as("what priming did")
                .containsExactlyInAnyOrder("dynamodb:BatchGetItem State", "dynamodb:UpdateItem State");

        worker.restore();
        QueueReply reply = worker.work(Events.recorded("sqs-message"));

        assertThat(reply.failures()).isEmpty();
        assertThat(aws.secrets().calls()).as("the providers' secret").isEqualTo(1);
        assertThat(aws.openai().requests()).hasSize(1);
        assertThat(worker.threads()).contains("HttpClient-2-SelectorManager");
    }

    private void send(String... bodies) {
        aws.queues().queue().send(List.of(bodies), Duration.ZERO);
    }

    private static String message(String id, String model) {
        return """
                {"id":"%s","body":{"model":"%s","messages":[{"role":"user","content":"What is a queue?"}]}}"""
                .formatted(id, model);
    }

    private static List<JsonNode> results(LambdaInstance api, String batch) throws Exception {
        return new JsonMapper().readerFor(JsonNode.class)
                .<JsonNode>readValues(asAdmin(api, batch + "/results").text())
                .readAll();
    }
}
