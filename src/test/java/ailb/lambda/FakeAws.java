package ailb.lambda;

import ailb.aws.FakeSecretsManager;
import ailb.aws.LocalSqs;
import ailb.aws.SqsQueues;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** All that an instance of the function talks to: a table, a queue, three secrets and a provider, and a pool that names it. */
final class FakeAws implements AutoCloseable {

    static final String CLIENT_KEY = "c".repeat(3) + "7Gq2mXw9LrT4vBn8ZsKd5HyJ3PfA6eUcR1oSt";
    static final String ADMIN_KEY = "a".repeat(3) + "Tn5Vd8QkYz2LbW7rXc4HsJm9GfP1uEo6RiAt3";
    static final String OPENAI_KEY = "sk-proj-0penA1keyThatMustNeverBePrinted";
    static final String ANTHROPIC_KEY = "sk-ant-Anthr0picKeyThatMustNeverBePrinted";

    private static final String SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:";

    private final Path folder;
    private final String id = UUID.randomUUID().toString().replace("-", "");
    private final String table = "state-" + id;
    private final DynamoOverHttp dynamo = DynamoOverHttp.get();
    private final SqsQueues queues = SqsQueues.create(LocalSqs.client());
    private final FakeProvider openai = new FakeProvider(OPENAI_KEY);
    private final FakeProvider anthropic = new FakeProvider(ANTHROPIC_KEY);
    // After the others: only Loopback has the JVM's HTTP servers answer without a delay, if it comes first.
    private final FakeSecretsManager secrets = new FakeSecretsManager();
    private final RecordingProxy recordedQueues;
    private final RecordingProxy recordedSecrets;

    /** @param folder for its files, empty */
    FakeAws(Path folder) throws Exception {
        this.folder = folder;
        dynamo.createTable(table);
        recordedQueues = new RecordingProxy(
                LocalSqs.endpoint(), dynamo.calls(), "QueueUrl",
                Map.of(queues.url(), "BatchQueue", queues.deadLettersUrl(), "BatchDeadLetters"));
        recordedSecrets = new RecordingProxy(
                secrets.uri(), dynamo.calls(), "SecretId",
                Map.of(SECRET + "providers", "ProviderKeys", SECRET + "clients", "ClientKeys", SECRET + "admin",
                        "AdminKey"));
        secrets.put(SECRET + "clients", "{\"default\":\"" + CLIENT_KEY + "\"}");
        secrets.put(SECRET + "admin", "{\"admin\":\"" + ADMIN_KEY + "\"}");
        putProviderKeys(OPENAI_KEY);
        writePool("""
                { "endpoints": [
                    { "name": "one", "provider": "openai", "base_url": "%s", "model_id": "gpt-4o-mini",
                      "models": ["chat"], "api_key": "one", "requests_per_minute": 600, "tokens_per_minute": 100000 },
                    { "name": "two", "provider": "anthropic", "base_url": "%s", "model_id": "claude-haiku-4-5",
                      "models": ["claude-haiku-4-5"], "api_key": "two", "requests_per_minute": 600 } ] }
                """.formatted(openai.baseUrl(), anthropic.baseUrl()));
    }

    void putProviderKeys(String openaiKey) {
        secrets.put(
                SECRET + "providers", "{\"one\":\"" + openaiKey + "\",\"two\":\"" + ANTHROPIC_KEY + "\"}");
    }

    void putProviderKeys(Map<String, String> byName) throws IOException {
        secrets.put(SECRET + "providers", new JsonMapper().writeValueAsString(byName));
    }

    void writePool(String json) throws Exception {
        Files.writeString(poolFile(), json);
    }

    FakeSecretsManager secrets() {
        return secrets;
    }

    FakeProvider openai() {
        return openai;
    }

    SqsQueues queues() {
        return queues;
    }

    /**
     * What a function asked for, in the words of a role.
     *
     * @param function its id in the template
     */
    Set<String> calls(String function) {
        return dynamo.calls().of(accessKey(function));
    }

    /** Letters and digits only, or DynamoDB Local refuses it. */
    private String accessKey(String function) {
        return function + id;
    }

    /**
     * The variables that the template sets, and where the fakes are.
     *
     * @param function its id in the template
     */
    Map<String, String> environment(String function) throws IOException {
        Map<String, String> known = Map.of(
                "TABLE_NAME", table,
                "PROVIDER_KEYS_SECRET", SECRET + "providers",
                "CLIENT_KEYS_SECRET", SECRET + "clients",
                "ADMIN_KEYS_SECRET", SECRET + "admin",
                "BATCH_QUEUE_URL", queues.url(),
                "BATCH_DEAD_LETTER_QUEUE_URL", queues.deadLettersUrl(),
                "RESULTS_DAYS", "30");
        Map<String, String> variables = new Template().variables(function);
        variables.replaceAll(known::getOrDefault);
        variables.putAll(
                Map.of(
                        "POOL_FILE", poolFile().toString(),
                        "AWS_ACCESS_KEY_ID", accessKey(function),
                        "AWS_ENDPOINT_URL_DYNAMODB", dynamo.endpoint().toString(),
                        "AWS_ENDPOINT_URL_SQS", recordedQueues.url(),
                        "AWS_ENDPOINT_URL_SECRETS_MANAGER", recordedSecrets.url()));
        return variables;
    }

    @Override
    public void close() {
        recordedQueues.close();
        recordedSecrets.close();
        secrets.close();
        openai.close();
        anthropic.close();
        queues.close();
    }

    private Path poolFile() {
        return folder.resolve("pool.json").toAbsolutePath();
    }
}
