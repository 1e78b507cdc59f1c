package ailb.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;

/** Gateways and callers of a test, which end with it. */
abstract class GatewayFixture {

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Deque<AutoCloseable> closers = new ArrayDeque<>();

    @AfterEach
    void close() throws Exception {
        while (!closers.isEmpty()) {
            closers.pop().close();
        }
        client.shutdownNow();
    }

    final FakeGateway gateway(StreamingFunction function) throws IOException {
        return gateway(function, GatewaySettings.deployed());
    }

    final FakeGateway gateway(StreamingFunction function, GatewaySettings settings) throws IOException {
        return gateway(function, settings, new SystemGatewayClock());
    }

    final FakeGateway gateway(StreamingFunction function, GatewaySettings settings, GatewayClock clock)
            throws IOException {
        FakeGateway gateway = FakeGateway.start(function, settings, clock);
        closers.push(gateway);
        return gateway;
    }

    final RawCaller caller(FakeGateway gateway) throws IOException {
        RawCaller caller = new RawCaller(gateway.root());
        closers.push(caller);
        return caller;
    }

    final HttpResponse<String> get(FakeGateway gateway, String target) throws Exception {
        URI uri = URI.create(gateway.root() + target);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    final HttpResponse<String> send(FakeGateway gateway, HttpRequest.BodyPublisher body, boolean asksFirst)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(gateway.root() + "/v1/x"))
                .header("Content-Type", "application/json")
                .expectContinue(asksFirst)
                .POST(body)
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    static JsonNode json(String text) {
        try {
            return new JsonMapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Without a body, whatever the answer has. */
    final HttpResponse<String> head(FakeGateway gateway, String target) throws Exception {
        URI uri = URI.create(gateway.root() + target);
        return client.send(HttpRequest.newBuilder(uri).HEAD().build(), BodyHandlers.ofString());
    }
}
