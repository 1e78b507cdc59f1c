package ailb.aws;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.aws.ScriptedServer.Reply;
import java.security.Security;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;

@Isolated("System properties are everybody's.")
class AwsClientsTest {

    /** What {@code AWS_ENDPOINT_URL} is as a property, and the rest of what the environment says in Lambda. */
    @BeforeEach
    void setEnvironment() {
        System.setProperty("aws.region", "us-east-1");
        System.setProperty("aws.accessKeyId", "test");
        System.setProperty("aws.secretAccessKey", "test");
    }

    @AfterEach
    void clearEnvironment() {
        System.clearProperty("aws.endpointUrl");
        System.clearProperty("aws.region");
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @Test
    void theEndpointIsTheEnvironments() {
        try (ScriptedServer server = new ScriptedServer(_ -> new Reply(200, "{\"TableNames\":[]}"))) {
            System.setProperty("aws.endpointUrl", server.uri().toString());
            try (DynamoDbClient dynamo = AwsClients.dynamoDb();
                    DynamoDbClient batches = AwsClients.batchStore();
                    SecretsManagerClient secrets = AwsClients.secretsManager();
                    SqsClient queues = AwsClients.sqs()) {
                dynamo.listTables();
                batches.listTables();
                secrets.listSecrets();
                queues.listQueues();
            }
            assertThat(server.requests()).hasSize(4);
        }
    }

    @Test
    void secretsAreReadAgainWhenAReadingFails() {
        Reply down = new Reply(500, "{\"__type\":\"InternalServiceError\"}");
        try (ScriptedServer server = new ScriptedServer(number -> number == 1 ? down : new Reply(200, "{}"))) {
            System.setProperty("aws.endpointUrl", server.uri().toString());
            try (SecretsManagerClient secrets = AwsClients.secretsManager()) {
                secrets.listSecrets();
            }
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void theJvmIsToldToKeepConnectionsAndNoAddressesAndNotToRepeatPosts() {
        AwsClients.dynamoDb().close();

        assertThat(System.getProperty("http.maxConnections")).isEqualTo("256");
        assertThat(System.getProperty("sun.net.http.retryPost")).isEqualTo("false");
        assertThat(Security.getProperty("networkaddress.cache.ttl")).isEqualTo("0");
    }
}
