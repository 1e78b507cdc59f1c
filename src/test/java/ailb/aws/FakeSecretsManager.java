package ailb.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** Secrets Manager's JSON protocol on loopback, as far as reading secrets goes. Values may be changed at any time. */
public final class FakeSecretsManager implements AutoCloseable {

    private static final String OPERATION = "secretsmanager.GetSecretValue";
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, String> secrets = new ConcurrentHashMap<>();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile Failure failure = Failure.NONE;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /** What is wrong with the service. */
    public enum Failure {
        NONE(200, ""),
        DENIED(400, "AccessDeniedException"),
        DOWN(500, "InternalServiceError");

        private final int status;
        private final String code;

        Failure(int status, String code) {
            this.status = status;
            this.code = code;
        }
    }

    public FakeSecretsManager() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(executor);
        server.createContext("/", this::serve);
        server.start();
    }

    /** For {@code AWS_ENDPOINT_URL} or {@code AWS_ENDPOINT_URL_SECRETS_MANAGER}. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** A client of this server that gives up as soon as a call fails. */
    public SecretsManagerClient client() {
        return OnLoopback.at(uri(), AwsClients.secretsManagerBuilder())
                .overrideConfiguration(override -> override.retryStrategy(
                        StandardRetryStrategy.builder().maxAttempts(1).build()))
                .build();
    }

    public void put(String id, String value) {
        secrets.put(id, value);
    }

    public void remove(String id) {
        secrets.remove(id);
    }

    public void fail(Failure kind) {
        failure = kind;
    }

    /** Holds back all replies until {@link #open}. */
    public void shut() {
        gate = new CountDownLatch(1);
    }

    public void open() {
        gate.countDown();
    }

    /** Requests served so far, held back and failed ones included. */
    public int calls() {
        return calls.get();
    }

    @Override
    public void close() {
        open();
        server.stop(0);
        executor.close();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
            Failure kind = failure;
            String id = request.path("SecretId").asText();
            String value = secrets.get(id);
            calls.incrementAndGet();
            gate.await();
            if (!OPERATION.equals(exchange.getRequestHeaders().getFirst("X-Amz-Target"))) {
                refuse(exchange, 400, "UnknownOperationException");
            } else if (kind != Failure.NONE) {
                refuse(exchange, kind.status, kind.code);
            } else if (value == null) {
                refuse(exchange, 400, "ResourceNotFoundException");
            } else {
                reply(exchange, 200, secret(id, value));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ObjectNode secret(String id, String value) {
        return JSON.createObjectNode()
                .put("ARN", id)
                .put("Name", id)
                .put("VersionId", "00000000-0000-0000-0000-000000000001")
                .put("SecretString", value)
                .put("CreatedDate", 1795000000.0);
    }

    private static void refuse(HttpExchange exchange, int status, String code) throws IOException {
        reply(exchange, status, JSON.createObjectNode().put("__type", code).put("Message", "as told by the test"));
    }

    private static void reply(HttpExchange exchange, int status, JsonNode body) throws IOException {
        byte[] bytes = body.toString().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
