package ailb.aws;

import ailb.batch.BatchStore;
import ailb.batch.BatchStoreContract;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.localstack.LocalStackContainer;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

@ExtendWith(LocalStack.SkipNotice.class)
@Testcontainers(disabledWithoutDocker = true)
class DynamoBatchStoreLocalStackIT extends BatchStoreContract {

    @Container private static final LocalStackContainer LOCAL_STACK = LocalStack.container("dynamodb");

    private BatchStore store;

    @BeforeEach
    void createTable() {
        DynamoDbClient client = LocalStack.at(LOCAL_STACK, AwsClients.batchStoreBuilder()).build();
        String table = "batches-" + UUID.randomUUID();
        LocalDynamo.createTable(client, table);
        client.waiter().waitUntilTableExists(request -> request.tableName(table));
        store = new DynamoBatchStore(client, table);
    }

    @Override
    protected BatchStore store() {
        return store;
    }
}
