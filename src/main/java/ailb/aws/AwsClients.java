package ailb.aws;

import java.security.Security;
import java.time.Duration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.SqsClientBuilder;

/**
 * Makes the SDK's clients. Region, credentials and endpoint ({@code AWS_ENDPOINT_URL}) come from where the SDK looks
 * for them. Safe for any number of threads. No client opens a connection before its first call.
 *
 * <p>A write that adds must never be sent twice. So the client of the state store makes no retries. {@link
 * java.net.HttpURLConnection} would repeat a POST whose connection breaks before the reply, but it does not if the body
 * is streamed. The SDK streams each body whose length it knows, which is the case for every call here. The system
 * property {@code sun.net.http.retryPost} forbids the repetition as well.
 *
 * <p>Connections die while a process is frozen or in a snapshot. A connection that was idle for 5 s by the wall clock
 * is closed. Before a streamed POST the JDK checks whether the other side has hung up.
 */
public final class AwsClients {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration STATE_TIMEOUT = Duration.ofMillis(500);
    private static final Duration BATCH_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration SECRETS_TIMEOUT = Duration.ofSeconds(2);

    /** Longest time for a read of a secret, retries included. A request waits for it, and has a deadline. */
    private static final Duration SECRETS_PATIENCE = Duration.ofSeconds(4);

    /** Longest time for a read or write of one item of a batch, retries included. */
    private static final Duration BATCH_PATIENCE = Duration.ofSeconds(10);

    private static final int BATCH_TRIES = 5;

    /** Longest time for one try of a request to the queue. It carries up to 1 MiB. */
    private static final Duration QUEUE_TIMEOUT = Duration.ofSeconds(5);

    /** Longest time for a request to the queue, retries included. */
    private static final Duration QUEUE_PATIENCE = Duration.ofSeconds(15);

    /** How long the JVM keeps the addresses of a host, in seconds. */
    private static final String ADDRESS_SECONDS = "networkaddress.cache.ttl";

    static {
        // The JVM reads both properties once, before its first connection. This one is the number of idle connections
        // kept for each host. With the default, 5, a batch worker with 200 threads would close nearly all it opens.
        setUnlessSet("http.maxConnections", "256");
        setUnlessSet("sun.net.http.retryPost", "false");
        // Without it, addresses from before a snapshot would be used days after it.
        if (Security.getProperty(ADDRESS_SECONDS) == null) {
            Security.setProperty(ADDRESS_SECONDS, "0");
        }
    }

    private AwsClients() {}

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** The client of the state store. It sends each request once, and waits half a second for the reply. */
    public static DynamoDbClient dynamoDb() {
        return dynamoDbBuilder().build();
    }

    /** The client of the batch store, with retries: a write that is made twice does no harm there. */
    public static DynamoDbClient batchStore() {
        return batchStoreBuilder().build();
    }

    /** The client of the secrets, with retries. */
    public static SecretsManagerClient secretsManager() {
        return secretsManagerBuilder().build();
    }

    /**
     * The client of the batch queue, with retries: a message that is sent twice does no harm. It waits 5 s for a reply,
     * so it is not for long polling.
     */
    public static SqsClient sqs() {
        return sqsBuilder().build();
    }

    static DynamoDbClientBuilder dynamoDbBuilder() {
        return DynamoDbClient.builder()
                .httpClientBuilder(http(CONNECT_TIMEOUT, STATE_TIMEOUT))
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()));
    }

    static DynamoDbClientBuilder batchStoreBuilder() {
        return DynamoDbClient.builder()
                .httpClientBuilder(http(CONNECT_TIMEOUT, BATCH_TIMEOUT))
                .overrideConfiguration(override -> override.apiCallTimeout(BATCH_PATIENCE)
                        .retryStrategy(
                                AwsRetryStrategy.standardRetryStrategy().toBuilder().maxAttempts(BATCH_TRIES).build()));
    }

    static SecretsManagerClientBuilder secretsManagerBuilder() {
        return SecretsManagerClient.builder()
                .httpClientBuilder(http(SECRETS_TIMEOUT, SECRETS_TIMEOUT))
                .overrideConfiguration(override -> override.apiCallTimeout(SECRETS_PATIENCE));
    }

    static SqsClientBuilder sqsBuilder() {
        return SqsClient.builder()
                .httpClientBuilder(http(CONNECT_TIMEOUT, QUEUE_TIMEOUT))
                .overrideConfiguration(override -> override.apiCallTimeout(QUEUE_PATIENCE));
    }

    private static SdkHttpClient.Builder<?> http(Duration connectTimeout, Duration replyTimeout) {
        return UrlConnectionHttpClient.builder().connectionTimeout(connectTimeout).socketTimeout(replyTimeout);
    }
}
