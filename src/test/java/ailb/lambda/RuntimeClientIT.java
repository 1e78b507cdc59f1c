package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.lambda.LambdaInstance.Reply;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.io.TempDir;

/** The deployable jar under the runtime interface client that Lambda itself runs, in processes of its own. */
@Timeout(120)
class RuntimeClientIT {

    /** As Lambda starts Java 25 where there is no snapshot. */
    private static final String[] COLD_START = {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"};

    private static final String[] SNAP_START = {
        "-XX:+UseSerialGC", "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac"
    };

    /** What no recorded request asks for. */
    private static final Set<String> FOR_BATCHES =
            Set.of("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "sqs:SendMessage");

    @TempDir static Path taskRoot;

    private static DynamoOverHttp dynamo;
    private static String handler;

    @TempDir Path folder;

    private FakeAws aws;
    private final List<LambdaInstance> instances = new ArrayList<>();

    @RegisterExtension final TestExecutionExceptionHandler showOutput = (_, failure) -> {
        instances.forEach(instance -> failure.addSuppressed(new AssertionError("its log:\n" + instance.output())));
        throw failure;
    };

    @BeforeAll
    static void unpackTheArtifact() throws Exception {
        new Artifact().unpackTo(taskRoot);
        handler = new Template().text("Resources.ApiFunction.Properties.Handler");
        dynamo = new DynamoOverHttp();
    }

    @AfterAll
    static void stop() throws Exception {
        dynamo.stop();
    }

    @BeforeEach
    void start() throws Exception {
        aws = new FakeAws(dynamo, folder);
    }

    @AfterEach
    void end() throws InterruptedException {
        for (LambdaInstance instance : instances) {
            instance.kill();
        }
        aws.close();
        assertThat(instances).extracting(LambdaInstance::output)
                .allSatisfy(log -> assertThat(log)
                        .doesNotContain(FakeAws.CLIENT_KEY, FakeAws.OPENAI_KEY, FakeAws.ANTHROPIC_KEY));
    }

    @Test
    void answersAChatWithTheProvidersWordsAndCountsItForTheWholeFleet() throws Exception {
        LambdaInstance first = instance();
        Reply reply = first.invoke(event("chat"));

        System.out.printf(
                "from exec to the first answer: %d ms, of CPU %d ms%n",
                first.sinceStart(reply).toMillis(), first.cpuTime().toMillis());
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.headers()).containsEntry("x-lb-endpoint", "one").containsEntry("x-lb-attempts", "1");
        assertThat(reply.body().at("/choices/0/message/content").asText()).isEqualTo(FakeProvider.WORDS);
        assertThat(totalRequests(first)).isEqualTo(Map.of("one", 1, "two", 0));
        assertThat(totalRequests(instance())).isEqualTo(Map.of("one", 1, "two", 0));
    }

    @Test
    void answersEveryRecordedEvent() throws Exception {
        Map<String, Integer> expected = Map.ofEntries(
                Map.entry("chat", 200),
                Map.entry("chat-anthropic", 200),
                Map.entry("chat-base64", 200),
                Map.entry("models", 200),
                Map.entry("pool", 200),
                Map.entry("health", 200),
                Map.entry("wrong-key", 401),
                Map.entry("no-key", 401),
                Map.entry("malformed-body", 400),
                Map.entry("unknown-model", 404),
                Map.entry("unknown-path", 404),
                Map.entry("wrong-method", 405));
        LambdaInstance instance = instance();
        Map<String, Integer> statuses = new HashMap<>();
        Map<String, JsonNode> bodies = new HashMap<>();
        for (String name : eventFiles()) {
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
    void answersAnEventThatWasRecordedLongAgo() throws Exception {
        String replayed = Events.recorded("chat").replace("Bearer local", "Bearer " + FakeAws.CLIENT_KEY);

        assertThat(instance().invoke(replayed).status()).isEqualTo(200);
    }

    @Test
    void answersBeforeItIsKilledWhenTheProviderHangs() throws Exception {
        aws.openai().hang();
        LambdaInstance instance = instance();
        instance.invoke(event("health"));
        long before = System.nanoTime();
        Reply reply = instance.invoke(event("chat"), Duration.ofSeconds(4));

        assertThat(reply.status()).isEqualTo(504);
        assertThat(Duration.ofNanos(reply.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
        assertThat(aws.openai().requests()).isNotEmpty();
    }

    @Test
    void keepsKeysOutOfItsLogAndItsAnswersWhenAProviderRepeatsThem() throws Exception {
        String refusedKey = "sk-proj-RefusedKeyThatMustNeverBePrinted";
        aws.putProviderKeys(refusedKey);
        LambdaInstance instance = instance();
        Reply reply = instance.invoke(event("chat"));
        Reply pool = instance.invoke(event("pool"));

        assertThat(reply.status()).isEqualTo(503);
        assertThat(pool.body().at("/endpoints/0/out/reason").asText()).isEqualTo("credential");
        assertThat(reply.body().toString() + pool.body() + instance.output()).doesNotContain(refusedKey);
    }

    @Test
    void fetchesKeysOnlyAfterTheSnapshotAndRenewsItsConnectionsThen() throws Exception {
        Map<String, String> environment = aws.environment();
        environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");
        LambdaInstance instance = started(environment, SNAP_START);
        instance.awaitCheckpoint();

        assertThat(aws.secrets().calls()).as("calls for keys before the snapshot").isZero();
        assertThat(aws.openai().requests()).isEmpty();
        assertThat(dynamo.actions()).as("what priming did").contains("BatchGetItem", "UpdateItem");

        long restored = System.nanoTime();
        instance.restore();
        Reply reply = instance.invoke(event("chat"));

        System.out.printf(
                "from restore to the first answer: %d ms%n",
                Duration.ofNanos(reply.nanoTime() - restored).toMillis());
        assertThat(reply.status()).isEqualTo(200);
        assertThat(aws.secrets().calls()).as("one for each secret").isEqualTo(2);
        assertThat(instance.threads()).contains("HttpClient-2-SelectorManager");
        assertThat(totalRequests(instance)).as("priming left no trace").isEqualTo(Map.of("one", 1, "two", 0));
    }

    @Test
    void asksAwsForWhatItsRoleAllowsAndNothingElse() throws Exception {
        LambdaInstance instance = instance();
        for (String name : eventFiles()) {
            instance.invoke(event(name));
        }
        Set<String> called = dynamo.actions().stream().map("dynamodb:"::concat).collect(Collectors.toSet());
        // The one thing the fake can be asked for.
        assertThat(aws.secrets().calls()).isPositive();
        called.add("secretsmanager:GetSecretValue");
        called.addAll(FOR_BATCHES);

        assertThat(new Template().actions("ApiRole").filter(action -> !action.startsWith("logs:")))
                .containsExactlyInAnyOrderElementsOf(called);
    }

    @Test
    void doesNotStartWithABadPoolFileAndSaysWhereItIsBad() throws Exception {
        aws.writePool("{\"endpoints\":[{\"name\":\"one\",\"provider\":\"openai\",\"requests_per_minute\":-1}]}");

        assertThat(instance().awaitInitError()).contains("endpoints[0].requests_per_minute");
    }

    private LambdaInstance instance() throws IOException {
        return started(aws.environment(), COLD_START);
    }

    private LambdaInstance started(Map<String, String> environment, String... jvmOptions) throws IOException {
        LambdaInstance instance = new LambdaInstance(taskRoot, handler, environment, jvmOptions);
        instances.add(instance);
        return instance;
    }

    private static String event(String name) throws IOException {
        return Events.now(name, FakeAws.CLIENT_KEY);
    }

    /** The requests; the others come from the queue. */
    private static List<String> eventFiles() throws IOException {
        try (Stream<Path> files = Files.list(Events.FOLDER)) {
            return files.map(file -> file.getFileName().toString().replace(".json", ""))
                    .filter(name -> !name.startsWith("sqs-"))
                    .sorted()
                    .toList();
        }
    }

    private static Map<String, Integer> totalRequests(LambdaInstance instance) throws Exception {
        JsonNode endpoints = instance.invoke(event("pool")).body().path("endpoints");
        return endpoints.valueStream()
                .collect(Collectors.toMap(
                        endpoint -> endpoint.path("name").asText(),
                        endpoint -> endpoint.path("total_requests").asInt()));
    }
}
