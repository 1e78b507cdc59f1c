package ailb.aws;

import ailb.state.StateStore;
import ailb.state.StateStoreContract;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.localstack.LocalStackContainer;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

@ExtendWith(LocalStack.SkipNotice.class)
@Testcontainers(disabledWithoutDocker = true)
class DynamoStateStoreLocalStackIT extends StateStoreContract {

    @Container private static final LocalStackContainer LOCAL_STACK = LocalStack.container("dynamodb");

    private static StateStore store;

    @BeforeAll
    static void createTable() {
        DynamoDbClient client = LocalStack.at(LOCAL_STACK, AwsClients.dynamoDbBuilder()).build();
        LocalDynamo.createTable(client, LocalDynamo.TABLE);
        client.waiter().waitUntilTableExists(request -> request.tableName(LocalDynamo.TABLE));
        store = new DynamoStateStore(client, LocalDynamo.TABLE);
    }

    @Override
    protected StateStore store() {
        return store;
    }
}
