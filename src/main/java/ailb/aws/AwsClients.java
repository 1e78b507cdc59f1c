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
 * The SDK's clients as the balancer needs them. Region, credentials and endpoint ({@code AWS_ENDPOINT_URL}) come from
 * where the SDK looks for them. Safe for any number of threads; none holds a connection before its first call.
 *
 * <p>A write that adds must never go out twice. The SDK's own retries are off for the state store. Below it,
 * {@link java.net.HttpURLConnection} repeats a POST whose connection breaks before the reply, unless the body is
 * streamed, which the SDK does whenever it knows the length: for every call here. Should that ever change, the property
 * {@code sun.net.http.retryPost} forbids it too.
 *
 * <p>Connections that have died while the process stood still (frozen, or in a snapshot) are not used again: one idle
 * for 5 s by the wall clock is given up, and a streamed POST first looks whether the other side has hung up.
 */
public final class AwsClients {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration STATE_TIMEOUT = Duration.ofMillis(500);
    private static final Duration BATCH_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration SECRETS_TIMEOUT = Duration.ofSeconds(2);

    /** For a secret, with all the tries there are: a request waits for it, and has a deadline. */
    private static final Duration SECRETS_PATIENCE = Duration.ofSeconds(4);

    /** For one of a batch's items, with all the tries there are. */
    private static final Duration BATCH_PATIENCE = Duration.ofSeconds(10);

    private static final int BATCH_TRIES = 5;

    /** A request carries up to 1 MiB. */
    private static final Duration QUEUE_TIMEOUT = Duration.ofSeconds(5);

    /** For a request to the queue, with all its tries. */
    private static final Duration QUEUE_PATIENCE = Duration.ofSeconds(15);

    /** For how long the JVM keeps the addresses of a host. */
    private static final String ADDRESS_SECONDS = "networkaddress.cache.ttl";

    static {
        // Both are read once by the JVM, before its first connection. Idle connections kept for a host: of the default
        // 5, a batch worker with 200 threads would close nearly all it opens.
        setUnlessSet("http.maxConnections", "256");
        setUnlessSet("sun.net.http.retryPost", "false");
        // Addresses found before a snapshot would be taken for good after it, days later.
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

    /** For the state store: sends each request once, and waits half a second for the reply. */
    public static DynamoDbClient dynamoDb() {
        return dynamoDbBuilder().build();
    }

    /** For the batch store, whose writes do no harm when they are made twice: with the SDK's retries. */
    public static DynamoDbClient batchStore() {
        return batchStoreBuilder().build();
    }

    /** For the keys' stores: with the SDK's retries. */
    public static SecretsManagerClient secretsManager() {
        return secretsManagerBuilder().build();
    }

    /**
     * For the queue of batches: with the SDK's retries, as a message that is sent twice does no harm. Waits 5 s for a
     * reply: not meant for long polling.
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
