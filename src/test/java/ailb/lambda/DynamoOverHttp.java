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
 * DynamoDB Local in this JVM, in memory, for other processes: one for all who ask, as two that start at once fail. Its own
 * server binds all interfaces and may send telemetry; this one has its request handler behind a server of our own, on
 * loopback.
 */
final class DynamoOverHttp {

    private final AwsCalls calls = new AwsCalls();
    private final Server server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

    private DynamoOverHttp() throws Exception {
        ContextHandler context = new ContextHandler("/");
        context.setHandler(
                new LocalDynamoDBServerHandler(new LocalDynamoDBRequestHandler(0, true, null, true, false), null));
        server.setHandler(new Recording(context));
        server.start();
        warmUp();
    }

    private static final class Holder {

        private static final DynamoOverHttp ONE = started();

        private static DynamoOverHttp started() {
            try {
                return new DynamoOverHttp();
            } catch (Exception e) {
                throw new IllegalStateException("DynamoDB Local does not start", e);
            }
        }
    }

    /** Starts it, for who comes first; it ends with this JVM. */
    static DynamoOverHttp get() {
        return Holder.ONE;
    }

    URI endpoint() {
        return server.getURI();
    }

    AwsCalls calls() {
        return calls;
    }

    void createTable(String name) {
        try (DynamoDbClient client = client()) {
            LocalDynamo.createTable(client, name);
        }
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
