package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.lambda.LambdaInstance.Reply;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The function behind the REST API, under the runtime interface client. */
class RuntimeClientIT extends DeployedFunctions {

    @Test
    void answersAChatWithTheProvidersWordsAndCountsItForTheWholeFleet() throws Exception {
        LambdaInstance first = instance(API);
        Reply reply = first.invoke(event("chat"));

        System.out.printf(
                "from exec to the first answer: %d ms, of CPU %d ms%n",
                first.sinceStart(reply.nanoTime()).toMillis(), first.cpuTime().toMillis());
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.headers()).containsEntry("x-lb-endpoint", "one").containsEntry("x-lb-attempts", "1");
        assertThat(reply.body().at("/choices/0/message/content").asText()).isEqualTo(FakeProvider.WORDS);
        assertThat(totalRequests(first)).isEqualTo(Map.of("one", 1, "two", 0));
        assertThat(totalRequests(instance(API))).isEqualTo(Map.of("one", 1, "two", 0));
    }

    @Test
    void answersEveryRecordedEvent() throws Exception {
        Map<String, Integer> expected = Map.ofEntries(
                Map.entry("chat", 200),
                Map.entry("chat-anthropic", 200),
                Map.entry("chat-base64", 200),
                Map.entry("chat-base64-utf8", 200),
                Map.entry("chat-custom-domain", 200),
                Map.entry("messages-multi-value", 200),
                Map.entry("models", 200),
                Map.entry("pool", 200),
                Map.entry("health", 200),
                Map.entry("wrong-key", 401),
                Map.entry("no-key", 401),
                Map.entry("malformed-body", 400),
                Map.entry("unknown-model", 404),
                Map.entry("unknown-path", 404),
                Map.entry("wrong-method", 405));
        LambdaInstance instance = instance(API);
        Map<String, Integer> statuses = new HashMap<>();
        Map<String, JsonNode> bodies = new HashMap<>();
        for (String name : Events.requests()) {
            Reply reply = instance.invoke(event(name));
            statuses.put(name, reply.status());
            bodies.put(name, reply.body());
        }

        assertThat(statuses).isEqualTo(expected);
        assertThat(expected.entrySet())
                .filteredOn(entry -> entry.getValue() >= 400)
                .allSatisfy(entry -> assertThat(bodies.get(entry.getKey()).at("/error/message").isTextual())
                        .as(entry.getKey())
                        .isTrue());
        assertThat(bodies.get("chat-anthropic").at("/choices/0/message/content").asText())
                .isEqualTo(FakeProvider.WORDS);
    }

    @Test
    void everyLineOfARequestTellsItsIdsAndItsClient() throws Exception {
        LambdaInstance instance = instance(API);
        Reply reply = instance.invoke(event("chat"));

        assertThat(instance.output().lines().filter(line -> line.contains("\"endpoint\""))).isNotEmpty()
                .allSatisfy(
                        line -> {
                            JsonNode json = new JsonMapper().readTree(line);
                            assertThat(json.path("request").asText()).isEqualTo(reply.headers().get("x-request-id"));
                            assertThat(json.path("client").asText()).isEqualTo("default");
                            assertThat(json.path("invocation").asText()).matches("[0-9a-f-]{36}");
                        });
    }

    /** The daily one that keeps the version from falling asleep, and what nobody means. */
    @Test
    void answersEventsThatAreNoRequestsAtOnce() throws Exception {
        LambdaInstance instance = instance(API);

        assertThat(instance.invoke(Events.recorded("scheduled")).text()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(instance.invoke(Events.recorded("empty")).text()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(aws.openai().requests()).isEmpty();
    }

    @Test
    void answersAnEventThatWasRecordedLongAgo() throws Exception {
        String replayed = Events.recorded("chat").replace("Bearer local", "Bearer " + FakeAws.CLIENT_KEY);

        assertThat(instance(API).invoke(replayed).status()).isEqualTo(200);
    }

    /** It has chatted before: a first chat may take more than is left of 4 s before it even reaches the provider. */
    @Test
    void answersBeforeItIsKilledWhenTheProviderHangs() throws Exception {
        LambdaInstance instance = instance(API);
        assertThat(instance.invoke(event("chat")).status()).isEqualTo(200);
        aws.openai().hang();
        int answered = aws.openai().requests().size();
        long before = System.nanoTime();
        Reply reply = instance.invoke(event("chat"), Duration.ofSeconds(4));

        assertThat(reply.status()).isEqualTo(504);
        assertThat(Duration.ofNanos(reply.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
        assertThat(aws.openai().requests()).hasSizeGreaterThan(answered);
    }

    @Test
    void keepsKeysOutOfItsLogAndItsAnswersWhenAProviderRepeatsThem() throws Exception {
        String refusedKey = "sk-proj-RefusedKeyThatMustNeverBePrinted";
        aws.putProviderKeys(refusedKey);
        LambdaInstance instance = instance(API);
        Reply reply = instance.invoke(event("chat"));
        Reply pool = instance.invoke(event("pool"));

        assertThat(reply.status()).isEqualTo(503);
        assertThat(pool.body().at("/endpoints/0/out/reason").asText()).isEqualTo("credential");
        assertThat(reply.body().toString() + pool.body() + instance.output()).doesNotContain(refusedKey);
    }

    @Test
    void fetchesKeysOnlyAfterTheSnapshotAndRenewsItsConnectionsThen() throws Exception {
        LambdaInstance instance = instanceForSnapshot(API);

        assertThat(aws.secrets().calls()).as("calls for keys before the snapshot").isZero();
        assertThat(aws.openai().requests()).isEmpty();
        assertThat(aws.calls(API)).as("what priming did")
                .contains("dynamodb:BatchGetItem State", "dynamodb:UpdateItem State");

        long restored = System.nanoTime();
        instance.restore();
        Reply reply = instance.invoke(event("chat"));

        System.out.printf(
                "from restore to the first answer: %d ms%n",
                Duration.ofNanos(reply.nanoTime() - restored).toMillis());
        assertThat(reply.status()).isEqualTo(200);
        assertThat(aws.secrets().calls()).as("one for each secret").isEqualTo(3);
        assertThat(instance.threads()).contains("HttpClient-2-SelectorManager");
        assertThat(totalRequests(instance)).as("priming left no trace").isEqualTo(Map.of("one", 1, "two", 0));
    }

    @Test
    void doesNotStartWithABadPoolFileAndSaysWhereItIsBad() throws Exception {
        aws.writePool("{\"endpoints\":[{\"name\":\"one\",\"provider\":\"openai\",\"requests_per_minute\":-1}]}");

        assertThat(instance(API).awaitInitError()).contains("endpoints[0].requests_per_minute");
    }

    private static String event(String name) throws IOException {
        return Events.now(name, FakeAws.CLIENT_KEY);
    }

    private static Map<String, Integer> totalRequests(LambdaInstance instance) throws Exception {
        JsonNode endpoints = instance.invoke(event("pool")).body().path("endpoints");
        return endpoints.valueStream()
                .collect(Collectors.toMap(
                        endpoint -> endpoint.path("name").asText(),
                        endpoint -> endpoint.path("total_requests").asInt()));
    }
}
