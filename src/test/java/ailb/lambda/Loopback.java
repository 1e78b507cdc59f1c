package ailb.lambda;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server on a free loopback port, which a fake service answers through. */
final class Loopback implements AutoCloseable {

    static {
        // Otherwise small answers can wait 40 ms for the client's acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** Answers one request; may block, and is interrupted when the server closes. */
    interface Service {
        Reply answer(Request request) throws InterruptedException;
    }

    /** @param headers the first value of each; their case does not matter */
    record Request(String method, String path, Map<String, String> headers, String body) {

        Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name));
        }
    }

    record Reply(int status, Map<String, String> headers, String body) {

        static Reply json(int status, String body) {
            return new Reply(status, Map.of("content-type", "application/json"), body);
        }
    }

    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    private Loopback(HttpServer server) {
        this.server = server;
    }

    static Loopback serving(Service service) throws IOException {
        Loopback loopback =
                new Loopback(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        loopback.server.setExecutor(loopback.executor);
        loopback.server.createContext("/", exchange -> serve(exchange, service));
        loopback.server.start();
        return loopback;
    }

    /** As {@code 127.0.0.1:port}. */
    String authority() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        executor.shutdownNow();
        server.stop(0);
    }

    private static void serve(HttpExchange exchange, Service service) throws IOException {
        try (exchange) {
            Reply reply = service.answer(request(exchange));
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            reply.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Request request(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
        return new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                headers,
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    }
}
