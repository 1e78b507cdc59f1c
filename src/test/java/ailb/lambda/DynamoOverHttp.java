package ailb.lambda;

import ailb.aws.DynamoStateStore;
import ailb.aws.LocalDynamo;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.Callback;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/**
 * DynamoDB Local in this JVM, in memory, for other processes. Its own server binds all interfaces and may send telemetry;
 * this one has its request handler behind a server of our own, on loopback.
 */
final class DynamoOverHttp {

    private final AwsCalls calls = new AwsCalls();
    private final LocalDynamoDBRequestHandler dynamo;
    private final Server server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

    DynamoOverHttp() throws Exception {
        dynamo = new LocalDynamoDBRequestHandler(0, true, null, true, false);
        ContextHandler context = new ContextHandler("/");
        context.setHandler(new LocalDynamoDBServerHandler(dynamo, null));
        server.setHandler(new Recording(context));
        server.start();
        warmUp();
    }

    URI endpoint() {
        return server.getURI();
    }

    /** Those made since the last table was. */
    AwsCalls calls() {
        return calls;
    }

    void createTable(String name) {
        try (DynamoDbClient client = client()) {
            LocalDynamo.createTable(client, name);
        }
        calls.clear();
    }

    void stop() throws Exception {
        server.stop();
        dynamo.shutdown();
    }

    /** Its first answers can take longer than the balancer waits. */
    private void warmUp() {
        String table = "warm-up";
        createTable(table);
        try (DynamoDbClient client = client()) {
            DynamoStateStore store = new DynamoStateStore(client, table);
            store.update("endpoint", ConditionalUpdate.builder().put(Attribute.GENERATION, 1).build());
            store.read(List.of("endpoint"));
        }
    }

    private DynamoDbClient client() {
        return DynamoDbClient.builder()
                .endpointOverride(endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .build();
    }

    private final class Recording extends Handler.Wrapper {

        Recording(Handler handler) {
            super(handler);
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            HttpFields headers = request.getHeaders();
            calls.add(headers.get("X-Amz-Target"), headers.get("Authorization"), "State");
            return super.handle(request, response, callback);
        }
    }
}
