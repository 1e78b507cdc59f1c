package ailb.aws;

import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.dynamodb.services.local.embedded.DynamoDBEmbedded;

/**
 * DynamoDB Local in this JVM: one for all who ask, in memory, with telemetry off. It opens no port; its threads are not
 * daemons, so a program that uses it ends by {@link System#exit}.
 */
public final class LocalDynamo {

    /** A table as the stores expect it, there from the start. */
    public static final String TABLE = "ai-load-balancer";

    /** For tests that must not meet each other in it: it serves few at a time, and refuses others with errors of its own. */
    public static final String LOCK = "DynamoDB Local";

    private LocalDynamo() {}

    private static final class Holder {

        private static final boolean NO_TELEMETRY = true;
        private static final DynamoDbClient CLIENT = started();

        private static DynamoDbClient started() {
            DynamoDbClient client = DynamoDBEmbedded.create(NO_TELEMETRY).dynamoDbClient();
            createTable(client, TABLE);
            return client;
        }
    }

    /** Not to be closed. */
    public static DynamoDbClient client() {
        return Holder.CLIENT;
    }

    /** Makes a table as template.yaml does. */
    public static void createTable(DynamoDbClient client, String table) {
        client.createTable(request -> request.tableName(table)
                .attributeDefinitions(string("pk"), string("sk"))
                .keySchema(key("pk", KeyType.HASH), key("sk", KeyType.RANGE))
                .billingMode(BillingMode.PAY_PER_REQUEST));
    }

    private static AttributeDefinition string(String name) {
        return AttributeDefinition.builder().attributeName(name).attributeType(ScalarAttributeType.S).build();
    }

    private static KeySchemaElement key(String name, KeyType type) {
        return KeySchemaElement.builder().attributeName(name).keyType(type).build();
    }
}
