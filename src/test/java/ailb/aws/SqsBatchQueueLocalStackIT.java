package ailb.aws;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.localstack.LocalStackContainer;
import software.amazon.awssdk.services.sqs.SqsClient;

@ExtendWith(LocalStack.SkipNotice.class)
@Testcontainers(disabledWithoutDocker = true)
class SqsBatchQueueLocalStackIT extends SqsBatchQueueContract {

    @Container private static final LocalStackContainer LOCAL_STACK = LocalStack.container("sqs");

    private static SqsClient client;

    @BeforeAll
    static void connect() {
        client = LocalStack.at(LOCAL_STACK, AwsClients.sqsBuilder()).build();
    }

    @AfterAll
    static void disconnect() {
        client.close();
    }

    @Override
    SqsClient client() {
        return client;
    }
}
