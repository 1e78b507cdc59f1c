package ailb.http;

import ailb.api.ApiAnswer;
import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Serves {@code api} over plain HTTP/1.1 with the JDK's server, a virtual thread a request: a client that is slow, or
 * hangs, holds its own thread and nothing else.
 *
 * <p>The JDK's server is tuned by system properties that it reads once a process. The first use of this class sets those
 * that are not set yet.
 */
public final class HttpServer implements AutoCloseable {

    static {
        // Otherwise small answers can wait 40 ms for the client's acknowledgement.
        preset("nodelay", "true");
        // Seconds for a request to arrive, its body included, and for a handler to answer and the answer to be taken.
        preset("maxReqTime", "60");
        preset("maxRspTime", "900");
        // Seconds an idle connection is kept: longer than most clients keep theirs, so that they close first.
        preset("idleInterval", "75");
        preset("maxIdleConnections", "1000");
        // Many more than the API takes: to what goes beyond these the JDK's server hangs up without an answer.
        preset("maxReqHeaders", "5000");
        // Bytes of a refused body to read and drop, as a client still sending would see a reset instead of the answer.
        preset("drainAmount", String.valueOf(16 << 20));
    }

    private static final int BACKLOG = 1024;
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final com.sun.net.httpserver.HttpServer server;
    private final ExecutorService executor;

    private HttpServer(com.sun.net.httpserver.HttpServer server, ExecutorService executor) {
        this.server = server;
        this.executor = executor;
    }

    /**
     * Starts serving.
     *
     * @param address to listen at; port 0 takes a free one
     * @param maxBodyBytes largest request body that is read for the handler
     * @param handler answers a request; called from many threads at once
     * @param tooLarge answers a request with a larger body, which it is given without
     * @param failure answers a request whose handler threw, or returned a response that is no HTTP
     * @throws IOException when the address cannot be listened at
     */
    public static HttpServer start(
            InetSocketAddress address,
            int maxBodyBytes,
            Function<ApiRequest, ? extends ApiAnswer> handler,
            Function<ApiRequest, ApiResponse> tooLarge,
            Function<ApiRequest, ApiResponse> failure)
            throws IOException {
        HttpHandler exchanges = new ExchangeHandler(maxBodyBytes, handler, tooLarge, failure);
        com.sun.net.httpserver.HttpServer server = com.sun.net.httpserver.HttpServer.create(address, BACKLOG);
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(executor);
        server.createContext("/", exchanges);
        server.start();
        return new HttpServer(server, executor);
    }

    /** Where it listens, with the port it got. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /**
     * Takes no more requests, and returns when those in flight are answered. After 5 s they are interrupted, and a second
     * later cut off.
     */
    @Override
    public void close() {
        close(GRACE, LAST_WORDS);
    }

    void close(Duration grace, Duration lastWords) {
        // Without an executor the JDK's server hangs up on new requests. The grace of its own stop() would not do: it
        // counts a request whose client hung up as in flight for ever.
        executor.shutdown();
        awaitAnswers(grace);
        executor.shutdownNow();
        awaitAnswers(lastWords);
        server.stop(0);
    }

    private void awaitAnswers(Duration longest) {
        try {
            executor.awaitTermination(longest.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void preset(String name, String value) {
        String property = "sun.net.httpserver." + name;
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
